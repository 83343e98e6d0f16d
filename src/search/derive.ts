import type { IndexingConfig, ResolvedIndexing } from '../config/indexing.js';
import { createTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { createFlatIndex } from '../vector/flat-index.js';
import { createHnswIndex } from '../vector/hnsw-index.js';
import type { VectorIndex } from '../vector/vector-index.js';

/** Tokens and vectors made anew from the store alone, which is the truth. */

export function tokensOf(store: DocumentStore, indexing: ResolvedIndexing): TokenIndex {
  const tokens = createTokenIndex(indexing);
  tokens.setDictionary(store.dictionary());
  for (const document of store.documents()) tokens.add(document);
  return tokens;
}

/** Exact below `indexing.exactBelow` documents, a graph from there on. @param width  D */
export function vectorsOf(store: DocumentStore, width: number, indexing: IndexingConfig): VectorIndex {
  const vectors = store.count() >= indexing.exactBelow ? createHnswIndex(width, indexing.hnsw) : createFlatIndex(width);
  for (const { id, embedding } of store.entries()) if (embedding !== undefined) vectors.add([id], embedding);
  return vectors;
}
