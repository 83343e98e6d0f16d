import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { checkWritable } from '../files/atomic.js';
import { openDocumentStore } from '../store/document-store.js';
import { partNames } from './manifest.js';

/**
 * Takes the claim on writing to what may be an index, for work beside its documents or in the place of all of it: nobody else writes to it
 * meanwhile. What is no index, or one whose documents cannot be read, has nobody who writes to it.
 * @returns gives the claim back
 * @throws TandemError 'index/locked' | 'files/not-writable'
 */
export async function claimIndex(folder: string): Promise<() => Promise<void>> {
  const documents = join(folder, partNames.documents);
  const found = await stat(join(documents, 'data.mdb')).catch(() => undefined);
  if (found === undefined) return async () => undefined;
  await checkWritable(folder);
  try {
    const store = await openDocumentStore(documents, { existing: true });
    try {
      await store.claim();
    } catch (error) {
      await store.close();
      throw error;
    }
    return () => store.close();
  } catch (error) {
    if (error instanceof TandemError && error.code === 'index/documents-damaged') return async () => undefined;
    throw error;
  }
}
