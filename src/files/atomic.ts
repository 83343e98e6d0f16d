import { randomBytes } from 'node:crypto';
import { access, constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
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

/**
 * Writes a file so that its final name only ever stands for whole content: temporary name, fsync, rename, fsync of the folder.
 * @param produce  writes the content to the open handle
 * @throws TandemError 'files/disk-full' | 'files/write-failed'; the old file, if any, is left as it was
 */
export async function writeFileAtomically(path: string, produce: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
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
    throw asWriteError(path, error);
  }
}

/** Writes text, bytes or one JSON value whole or not at all; see writeFileAtomically. */
export const writeWhole = (path: string, content: string | Uint8Array): Promise<void> =>
  writeFileAtomically(path, async handle => {
    await handle.writeFile(content);
  });

/**
 * Makes a folder so that its final name only ever stands for a finished one: built beside it under a temporary name, then swapped in.
 * An older folder of the final name is replaced only when the new one is whole.
 */
export async function writeFolderAtomically(
  path: string,
  produce: (temporary: string) => Promise<void>,
): Promise<void> {
  const suffix = `${process.pid}.${randomBytes(4).toString('hex')}`;
  const temporary = `${path}.${suffix}.tmp`;
  const old = `${path}.${suffix}.old`;
  try {
    await mkdir(temporary, { recursive: true });
    await produce(temporary);
    await syncFolder(temporary);
    const replaced = await rename(path, old).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
    await rename(temporary, path);
    await syncFolder(dirname(path));
    if (replaced) await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw asWriteError(path, error);
  }
}
