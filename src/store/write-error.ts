import { statfs } from 'node:fs/promises';
import { TandemError } from '../errors/tandem-error.js';
import { asWriteError } from '../files/atomic.js';

/** errno of a full disk, and of a write that came back short, which is how LMDB meets one */
const noSpace = 28;
const inputOutput = 5;
/** a disk with less free than this is called full */
const margin = 2 ** 20;

/** lmdb rejects a commit with one error and keeps the reason in a promise beside it. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  return Promise.resolve(error.commitError).then(
    () => error,
    reason => reason,
  );
}

async function isFull(folder: string, reason: Error): Promise<boolean> {
  const errno = 'code' in reason ? reason.code : undefined;
  if (errno === noSpace) return true;
  if (errno !== inputOutput) return false;
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < margin;
}

/** Turns the failure of a commit into 'files/disk-full' or 'files/write-failed'. */
export async function asStoreError(folder: string, error: unknown): Promise<TandemError> {
  const reason = await reasonOf(error);
  if (reason instanceof Error && (await isFull(folder, reason))) {
    return new TandemError('files/disk-full', `${folder}: the disk is full`, { path: folder }, { cause: reason });
  }
  return asWriteError(folder, reason);
}
