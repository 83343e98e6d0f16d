import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { loadFlatIndex } from './flat-index.js';
import { loadHnswIndex } from './hnsw-index.js';
import { readVectorHeader } from './persist.js';
import type { VectorIndex } from './vector-index.js';

/**
 * Loads what `save` wrote, whichever kind it is.
 * @throws TandemError 'index/damaged' naming the file that is missing, cut short or altered in its structure
 */
export async function loadVectorIndex(folder: string): Promise<VectorIndex> {
  const header = await readVectorHeader(folder);
  if (header.kind === 'flat') return loadFlatIndex(folder);
  if (header.kind === 'hnsw') return loadHnswIndex(folder);
  throw new TandemError('index/damaged', `${join(folder, 'vectors.json')}: unknown kind`);
}
