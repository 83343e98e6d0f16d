import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { loadFlatFromGraph, loadFlatIndex } from './flat-index.js';
import { graphFault, loadHnswIndex } from './hnsw-index.js';
import { readVectorHeader } from './persist.js';
import { loadQuantizedIndex } from './quantized-index.js';
import type { VectorIndex } from './vector-index.js';

/**
 * Loads what `save` wrote, whichever kind it is; a graph of hnswlib as an exact index where that is not installed.
 * @throws TandemError 'index/damaged' naming the file that is missing, cut short or altered in its structure
 */
export async function loadVectorIndex(folder: string): Promise<VectorIndex> {
  const header = await readVectorHeader(folder);
  if (header.kind === 'flat') return loadFlatIndex(folder, header);
  if (header.kind === 'int4-hnsw') return loadQuantizedIndex(folder, header);
  if (header.kind === 'hnsw') return graphFault() === undefined ? loadHnswIndex(folder) : loadFlatFromGraph(folder);
  throw new TandemError('index/damaged', `${join(folder, 'vectors.json')}: unknown kind`);
}
