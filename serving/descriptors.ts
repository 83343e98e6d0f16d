import { readFile } from 'node:fs/promises';

const usualMost = 2_000;

/**
 * Connections that may stand at once: half of the files that the process may have open, so that the index and its pictures can be opened whatever
 * strangers do.
 */
export async function mostConnections(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, open] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return open === undefined ? usualMost : Math.max(1, Math.min(usualMost, Math.floor(Number(open) / 2)));
}
