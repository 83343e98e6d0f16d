import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { access, constants, type FileHandle, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';

/** Turns an operating-system error of a write into the documented one. */
export function asWriteError(path: string, error: unknown): TandemError {
  if (error instanceof TandemError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const why = code === 'EROFS' ? 'the disk may only be read' : 'this user may not write there';
    return new TandemError('files/not-writable', `${path}: ${why}`, { path }, { cause: error });
  }
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const reason = full ? 'the disk is full' : ((error as Error).message ?? String(error));
  return new TandemError(
    full ? 'files/disk-full' : 'files/write-failed',
    `${path}: ${reason}`,
    { path },
    { cause: error },
  );
}

/** The same for work of many steps, where what is no error of the operating system is a fault and stays as it is. */
export const asFileError = (path: string, error: unknown): unknown =>
  error instanceof Error && 'syscall' in error ? asWriteError(path, error) : error;

/** @throws TandemError 'files/not-writable' for the first of these paths that is there and may not be written to */
export async function checkWritable(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await access(path, constants.R_OK | constants.W_OK).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw asWriteError(path, error);
    });
  }
}

/** Makes a rename durable: the folder entry itself is flushed. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Where a path leads, whatever links stand on the way; the path itself where nothing is there yet. */
export async function resolvedPath(path: string): Promise<string> {
  const absolute = resolve(path);
  const parent = await realpath(dirname(absolute)).catch(() => dirname(absolute));
  return realpath(absolute).catch(() => join(parent, basename(absolute)));
}

/**
 * Writes a file so that its final name only ever stands for whole content: temporary name, fsync, rename, fsync of the folder.
 * The folder that it lies in must be there: one that has just been moved away must not come back with this file alone.
 * @param produce  writes the content to the open handle
 * @throws TandemError 'files/disk-full' | 'files/write-failed'; the old file, if any, is left as it was
 */
export async function writeFileAtomically(
  given: string,
  produce: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const path = await resolvedPath(given);
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await produce(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw asWriteError(given, error);
  }
}

/** Writes text, bytes or one JSON value whole or not at all; see writeFileAtomically. */
export const writeWhole = (path: string, content: string | Uint8Array): Promise<void> =>
  writeFileAtomically(path, async handle => {
    await handle.writeFile(content);
  });

/** Tells a folder from every other one of the machine, while it is open. */
const identityOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

/** What stands at a path, held open so that nothing else gets its number; undefined where there is nothing. */
async function holdFolder(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/**
 * Puts a finished folder in the place of what stood there when it was begun.
 * @throws TandemError 'files/exists' where something else has come there since; it is left as it is
 */
async function swapIn(temporary: string, path: string, old: string, before: FileHandle | undefined): Promise<void> {
  const meanwhile = (cause?: unknown): TandemError =>
    new TandemError('files/exists', `${path}: something else was put there meanwhile`, { path }, { cause });
  const taken = before !== undefined && (await moveAway(path, old));
  if (taken && identityOf(await lstat(old)) !== identityOf(await before.stat())) {
    await rename(old, path);
    throw meanwhile();
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    if (taken) await rename(old, path);
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR' ? meanwhile(error) : error;
  }
  await syncFolder(dirname(path));
  // the new one stands; what cannot be removed now is removed by whoever writes here next
  if (taken) await rm(old, { recursive: true, force: true }).catch(() => undefined);
}

/** @returns false where there is nothing to move */
const moveAway = (path: string, to: string): Promise<boolean> =>
  rename(path, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/**
 * Makes a folder so that its final name only ever stands for a finished one: built beside it under a temporary name, then swapped in.
 * The folder that it lies in must be there, as for a file. An older folder of the final name is replaced only when the new one is whole; killed between the two renames of the swap, the older one is put
 * back by whoever comes next (interrupted-swap.ts).
 * @throws TandemError 'files/exists' where something has come there meanwhile, 'files/disk-full' | 'files/not-writable' | 'files/write-failed'
 */
export async function writeFolderAtomically(
  given: string,
  produce: (temporary: string) => Promise<void>,
): Promise<void> {
  const path = await resolvedPath(given);
  const suffix = `${process.pid}.${randomBytes(4).toString('hex')}`;
  const temporary = `${path}.${suffix}.tmp`;
  let before: FileHandle | undefined;
  try {
    before = await holdFolder(path);
    await mkdir(temporary);
    await produce(temporary);
    await syncFolder(temporary);
    await swapIn(temporary, path, `${path}.${suffix}.old`, before);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    // what the work itself throws is no fault of the disk
    throw asFileError(given, error);
  } finally {
    await before?.close();
  }
}
