import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

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

/** A process and all that it has started; empty where there is no /proc. */
async function treeOf(root: number): Promise<ProcessLine[]> {
  const names = await readdir('/proc').catch(() => []);
  const lines = await Promise.all(names.filter(name => /^\d+$/.test(name)).map(readProcess));
  const processes = lines.filter(line => line !== undefined);
  const tree = new Set([root]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return processes.filter(({ pid }) => tree.has(pid));
}

/** Processor time that a process and all that it has started have used; NaN where there is no /proc. */
export async function cpuSecondsOf(root: number): Promise<number> {
  const own = await treeOf(root);
  return own.length === 0 ? Number.NaN : own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Ends a process and all that it has started, at once. */
export async function killTree(root: number): Promise<void> {
  const pids = (await treeOf(root)).map(({ pid }) => pid);
  for (const pid of pids.length === 0 ? [root] : pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended meanwhile
    }
  }
  // what they hold, such as the index, is free when the last one is gone
  while (pids.some(isThere)) await pause(20);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** MiB that a process and all that it has started hold, of their own and of files; NaN where there is no /proc. */
export async function memoryOf(root: number): Promise<{ readonly own: number; readonly files: number }> {
  const own = await treeOf(root);
  const texts = await Promise.all(own.map(({ pid }) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')));
  const of = (name: string): number => {
    const figures = texts.map(text => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024);
    return figures.length === 0 ? Number.NaN : figures.reduce((sum, mib) => sum + mib, 0);
  };
  return { own: of('RssAnon'), files: of('RssFile') };
}
