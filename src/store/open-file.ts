import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { checkWritable } from '../files/atomic.js';
import { checkPages } from './check-pages.js';
import { checkDataFile } from './data-file.js';

export interface OpenStoreOptions {
  /** nothing is made or written; false when absent */
  readonly readOnly?: boolean;
  /** whether the store must be there; without it a missing one is made, unless readOnly */
  readonly existing?: boolean;
  /** looks at the lists of free pages too, as an opening that writes always does */
  readonly thorough?: boolean;
}

/**
 * Opens the data file, its pages looked at before LMDB follows them.
 * @throws TandemError 'index/documents-damaged'; 'files/not-writable' for an opening that writes
 */
export async function openDataFile(
  folder: string,
  { readOnly = false, existing = readOnly, thorough = !readOnly }: OpenStoreOptions,
): Promise<RootDatabase> {
  const path = join(folder, 'data.mdb');
  if (!readOnly) await checkWritable(folder, path, join(folder, 'lock.mdb'));
  const present = await checkDataFile(path, existing);
  // after a failed commit (full disk) lmdb would, with overlappingSync, never resolve `flushed` nor `close`, and with eventTurnBatching
  // reject a promise that nobody can reach, which ends the process; without both a commit resolves when it is on disk
  const root = open({
    path: folder,
    readOnly,
    maxDbs: 8,
    noSubdir: false,
    overlappingSync: false,
    eventTurnBatching: false,
  });
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
