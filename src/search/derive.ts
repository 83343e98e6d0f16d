import type { IndexingConfig, ResolvedIndexing } from '../config/indexing.js';
import { createTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { createFlatIndex } from '../vector/flat-index.js';
import { createHnswIndex, graphFault } from '../vector/hnsw-index.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { Manifest } from './manifest.js';

/** Tokens and vectors made anew from the store alone, which is the truth. */

export function tokensOf(store: DocumentStore, indexing: ResolvedIndexing): TokenIndex {
  const tokens = createTokenIndex(indexing);
  tokens.chains.setDictionary(store.dictionary());
  for (const document of store.documents()) tokens.add(document);
  return tokens;
}

/** From `indexing.exactBelow` documents on vectors are a graph, where one can be made. */
export const wantsGraph = (documents: number, { exactBelow }: Pick<IndexingConfig, 'exactBelow'>): boolean =>
  documents >= exactBelow && graphFault() === undefined;

/** What to do about so many documents that a graph would answer sooner, where none can be made; undefined where nothing is missing. */
export function missingGraphWarning({ width, documents, indexing }: Manifest): string | undefined {
  const fault = graphFault();
  if (width === null || documents < indexing.exactBelow || fault === undefined) return undefined;
  const scan = `vectors are searched by an exact scan of ${documents} documents: no answer is lost, but the work grows with their number`;
  return `${scan}; ${fault.message}`;
}

/** Exact below `indexing.exactBelow` documents, a graph from there on, where one can be made. @param width  D */
export function vectorsOf(store: DocumentStore, width: number, indexing: IndexingConfig): VectorIndex {
  const vectors = wantsGraph(store.count(), indexing) ? createHnswIndex(width, indexing.hnsw) : createFlatIndex(width);
  for (const { id, embedding } of store.entries()) if (embedding !== undefined) vectors.add([id], embedding);
  return vectors;
}
