import type { IndexingConfig, ResolvedIndexing } from '../config/indexing.js';
import { createTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { createFlatIndex } from '../vector/flat-index.js';
import { graphFault } from '../vector/hnsw-index.js';
import { createQuantizedIndex } from '../vector/quantized-index.js';
import type { VectorIndex, VectorKind } from '../vector/vector-index.js';
import type { Manifest } from './manifest.js';

/** Tokens and vectors made anew from the store alone, which is the truth. */

export function tokensOf(store: DocumentStore, indexing: ResolvedIndexing): TokenIndex {
  const tokens = createTokenIndex(indexing);
  tokens.chains.setDictionary(store.dictionary());
  for (const document of store.documents()) tokens.add(document);
  return tokens;
}

/** From `indexing.exactBelow` documents on vectors are a graph. */
export const wantsGraph = (documents: number, { exactBelow }: Pick<IndexingConfig, 'exactBelow'>): boolean =>
  documents >= exactBelow;

/** What to do about a graph of an earlier version that cannot be read here; undefined where nothing is missing. */
export function missingGraphWarning(kind: VectorKind | null, { documents, indexing }: Manifest): string | undefined {
  const fault = graphFault();
  if (kind !== 'flat' || !wantsGraph(documents, indexing) || fault === undefined) return undefined;
  const scan = `vectors are searched by an exact scan of ${documents} documents: no answer is lost, but the work grows with their number`;
  return `${scan}; ${fault.message}, or let \`tandem index\` make the index anew`;
}

/** Embeddings taken into a graph in one go. */
const stretch = 4096;

/** Adds embeddings, by all threads where that is possible. */
export async function addVectors(index: VectorIndex, ids: readonly string[], vectors: Float32Array): Promise<void> {
  if (index.addInThreads === undefined) index.add(ids, vectors);
  else await index.addInThreads(ids, vectors);
}

/** Exact below `indexing.exactBelow` documents, a graph from there on. @param width  D */
export async function vectorsOf(store: DocumentStore, width: number, indexing: IndexingConfig): Promise<VectorIndex> {
  const vectors = wantsGraph(store.count(), indexing)
    ? createQuantizedIndex(width, indexing.hnsw)
    : createFlatIndex(width);
  let ids: string[] = [];
  const rows = new Float32Array(stretch * width);
  const flush = async (): Promise<void> => {
    await addVectors(vectors, ids, rows.subarray(0, ids.length * width));
    ids = [];
  };
  for (const { id, embedding } of store.entries()) {
    if (embedding === undefined) continue;
    rows.set(embedding, ids.length * width);
    if (ids.push(id) === stretch) await flush();
  }
  await flush();
  return vectors;
}
