import { readdir, readFile } from 'node:fs/promises';

/** Of Linux, whatever the machine: what /proc counts processor time in. */
const ticksPerSecond = 100;

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** @returns undefined for one that has ended */
async function readProcess(pid: string): Promise<ProcessLine | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (line === undefined) return undefined;
  // the name stands in brackets and may hold anything
  const rest = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number(pid),
    parent: Number(rest[1]),
    cpuSeconds: (Number(rest[11]) + Number(rest[12])) / ticksPerSecond,
  };
}

/** Processor time that a process and all that it has started have used; NaN where there is no /proc. */
export async function cpuSecondsOf(root: number): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const lines = await Promise.all(names.filter(name => /^\d+$/.test(name)).map(readProcess));
  const processes = lines.filter(line => line !== undefined);
  const tree = new Set([root]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const own = processes.filter(({ pid }) => tree.has(pid));
  return own.length === 0 ? Number.NaN : own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}
