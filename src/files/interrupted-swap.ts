import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { asWriteError } from './atomic.js';
import { isClaimed } from './path-claim.js';

/** What a folder or file that is being replaced leaves beside its name where the process is killed. */
interface Leftover {
  readonly path: string;
  readonly kind: 'tmp' | 'old';
  readonly pid: number;
}

async function leftoversOf(path: string): Promise<Leftover[]> {
  const [folder, base] = [dirname(path), basename(path)];
  const names = await readdir(folder).catch((): string[] => []);
  return names.flatMap((name): Leftover[] => {
    if (!name.startsWith(`${base}.`)) return [];
    const [, pid, kind] = /^(\d+)\.[0-9a-f]{8}\.(tmp|old)$/.exec(name.slice(base.length + 1)) ?? [];
    return kind === undefined ? [] : [{ path: join(folder, name), kind: kind as Leftover['kind'], pid: Number(pid) }];
  });
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const movedAt = async ({ path }: Leftover): Promise<number> => (await lstat(path)).ctimeMs;

/** @returns whether something was put back */
async function putBack(path: string): Promise<boolean> {
  if (await isThere(path)) return false;
  const old = (await leftoversOf(path)).filter(({ kind }) => kind === 'old');
  if (old.length === 0) return false;
  const times = await Promise.all(old.map(movedAt));
  const last = old[times.indexOf(Math.max(...times))];
  try {
    await rename(last.path, path);
    return true;
  } catch (error) {
    if (await isThere(path)) return false; // somebody else was quicker
    throw asWriteError(last.path, error);
  }
}

/**
 * Puts back what stood at a path where a process was killed between taking it away and putting the new one there: the replacement was never told
 * to be done. What is there is left as it is, and so is a replacement that goes on.
 * @returns whether something was put back
 * @throws TandemError 'files/not-writable' | 'files/write-failed', naming where it is
 */
export async function finishInterruptedSwap(given: string): Promise<boolean> {
  const path = resolve(given);
  if ((await isThere(path)) || (await isClaimed(path))) return false;
  return putBack(path);
}

/**
 * Reads a file of a folder that is written whole (its manifest); a replacement of the folder that was killed half-way is put right first.
 * @throws the operating system's error, and as finishInterruptedSwap
 */
export async function readFolderFile(folder: string, name: string): Promise<string> {
  const read = (): Promise<string> => readFile(join(folder, name), 'utf8');
  return read().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && (await finishInterruptedSwap(folder))) return read();
    throw error;
  });
}

/** A process of this number that began before us may have been in another container; ours has begun nothing yet. */
function hasEnded({ pid }: Leftover): boolean {
  try {
    return pid === process.pid || !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Puts back what a killed replacement took away, and takes away what killed processes left half-made. The caller has the claim on the path, so
 * nobody else is making anything for it.
 * @throws as finishInterruptedSwap
 */
export async function tidyPlace(path: string): Promise<void> {
  await putBack(path);
  for (const left of await leftoversOf(path)) {
    if (hasEnded(left)) await rm(left.path, { recursive: true, force: true });
  }
}
