import { open as openFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { TandemError } from '../errors/tandem-error.js';
import { checkWritable } from '../files/atomic.js';
import { checkPages } from './check-pages.js';
import { checkDataFile } from './data-file.js';
import { asStoreError } from './write-error.js';

export interface OpenStoreOptions {
  /** nothing is made or written; false when absent */
  readonly readOnly?: boolean;
  /** whether the store must be there; without it a missing one is made, unless readOnly */
  readonly existing?: boolean;
  /** looks at the lists of free pages too, as an opening that writes always does */
  readonly thorough?: boolean;
  /**
   * whether nobody opens the store before this opening is closed: commits are flushed to disk then, all at once, and what a kill leaves is worth nothing.
   * For what is made under a temporary name; false when absent
   */
  readonly unseen?: boolean;
}

/** That one opening may have to do with: five of the store and one for each generation that it meets. */
const mostDatabases = 256;

const inodeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );

/** Flushes a data file that no opening writes to. @throws TandemError 'files/disk-full' | 'files/write-failed' */
export async function syncDataFile(folder: string): Promise<void> {
  try {
    const handle = await openFile(join(folder, 'data.mdb'), 'r+');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    throw await asStoreError(folder, error);
  }
}

/** LMDB makes what it does not find: a folder that was moved away just before it looked must not stand there again, empty. */
async function openExisting(
  folder: string,
  before: number | undefined,
  opening: () => RootDatabase,
): Promise<RootDatabase> {
  const path = join(folder, 'data.mdb');
  let root: RootDatabase | undefined;
  let found: number | undefined;
  try {
    root = opening();
    found = await inodeOf(path);
    if (found === before) return root;
  } catch (error) {
    found = await inodeOf(path);
    if (found === before) throw error;
  }
  const isEmpty = root !== undefined && [...root.getKeys({ limit: 1 })].length === 0;
  await root?.close();
  if (isEmpty && (await inodeOf(path)) === found)
    for (const name of ['data.mdb', 'lock.mdb']) await rm(join(folder, name), { force: true });
  for (const empty of [folder, dirname(folder)]) await rmdir(empty).catch(() => undefined);
  throw new TandemError('index/documents-damaged', `${path}: missing`, { file: path });
}

/**
 * Opens the data file, its pages looked at before LMDB follows them.
 * @throws TandemError 'index/documents-damaged'; 'files/not-writable' for an opening that writes
 */
export async function openDataFile(
  folder: string,
  { readOnly = false, existing = readOnly, thorough = !readOnly, unseen = false }: OpenStoreOptions,
): Promise<RootDatabase> {
  const path = join(folder, 'data.mdb');
  if (!readOnly) await checkWritable(folder, path, join(folder, 'lock.mdb'));
  const present = await checkDataFile(path, existing);
  const before = await inodeOf(path);
  // after a failed commit (full disk) lmdb would, with overlappingSync, never resolve `flushed` nor `close`, and with eventTurnBatching
  // reject a promise that nobody can reach, which ends the process; without both a commit resolves when it is on disk
  const opening = () =>
    open({
      path: folder,
      readOnly,
      maxDbs: mostDatabases,
      noSubdir: false,
      overlappingSync: false,
      eventTurnBatching: false,
      noSync: unseen,
    });
  const root = existing ? await openExisting(folder, before, opening) : opening();
  if (!present) return root;
  const pinned = root.useReadTransaction(); // no writer uses the pages again while they are looked at
  try {
    await checkPages(path, { free: thorough });
  } catch (error) {
    pinned.done();
    await root.close();
    throw error;
  }
  pinned.done();
  return root;
}
