import { TandemError } from '../errors/tandem-error.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import type { DocumentStore } from '../store/document-store.js';
import { createFlatIndex } from '../vector/flat-index.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { QueryEmbedder, TextEmbedder } from './backend.js';
import { type CursorCache, createCursorCache } from './cursors.js';
import { createEmbeddedIndex, type EmbeddedIndex } from './embedded-backend.js';
import { embeddingCache } from './embedding-cache.js';
import type { Manifest } from './manifest.js';
import { type OpenParts, openParts } from './open-parts.js';
import { cacheEmbeddings } from './query-cache.js';
import { createRecallProbe } from './recall-probe.js';
import { openRuleBook } from './rule-book.js';

/**
 * A query of one model never meets documents of another.
 * @throws TandemError 'index/model-mismatch'
 */
export function checkModel(
  folder: string,
  manifest: Manifest,
  embedder: Pick<QueryEmbedder, 'modelId' | 'width'> | undefined,
): void {
  if (embedder === undefined || manifest.modelId === null) return;
  if (manifest.modelId !== embedder.modelId || manifest.width !== embedder.width) {
    throw new TandemError(
      'index/model-mismatch',
      `${folder} was made with model ${manifest.modelId.slice(0, 12)} of width ${manifest.width}, not ${embedder.modelId.slice(0, 12)} of width ${embedder.width}`,
      { index: manifest.modelId, model: embedder.modelId },
    );
  }
}

/** Reads all embeddings of the store into an exact index when it is asked and the store has changed since. */
function lazyExactVectors(store: DocumentStore, vectors: VectorIndex | null): () => VectorIndex | null {
  let exact: VectorIndex | undefined;
  let seen = -1;
  return () => {
    if (vectors === null || vectors.kind === 'flat') return vectors;
    if (exact !== undefined && seen === store.sequence()) return exact;
    seen = store.sequence();
    exact = createFlatIndex(vectors.width);
    for (const { id, embedding } of store.entries()) if (embedding !== undefined) exact.add([id], embedding);
    return exact;
  };
}

/** Puts opened parts behind the interface of a backend. */
export function searchParts(
  opened: OpenParts,
  embedder: TextEmbedder | undefined,
  cursors: CursorCache = createCursorCache(),
): EmbeddedIndex {
  const { store, vectors, tokens } = opened;
  const queries = embedder && cacheEmbeddings(embedder);
  const embedQuery = queries?.embedQuery ?? null;
  const parts = {
    ...opened,
    exactVectors: lazyExactVectors(store, vectors),
    embeddings: embeddingCache(store),
    embedQuery,
    rules: openRuleBook(store, { analyzer: tokens.chains.analyzer, embedQuery }),
    ...(queries && { queryCache: queries.figures }),
    ...(vectors !== null && { recallProbe: createRecallProbe(vectors) }),
    ...(embedder?.embedDocuments && { embedDocuments: embedder.embedDocuments.bind(embedder) }),
    ...(embedder?.embedPictures && { embedPictures: embedder.embedPictures.bind(embedder) }),
  };
  return createEmbeddedIndex(parts, cursors);
}

/**
 * Opens an index for searching. Several may be open in one process, also the same one twice.
 * @param options.embedder    query side of the model that the index was made with; without it only `token` searches are answered
 * @param options.openScorer  runs the network of a ranker that has one; without it the trees rank alone
 * @param options.generation  the active one when absent
 * @throws TandemError 'index/not-found', 'index/damaged' (names the file), 'index/unsupported-version', 'index/model-mismatch', 'generation/unknown' |
 *   'generation/unfinished'
 */
export async function openIndex(
  folder: string,
  options: { embedder?: TextEmbedder; openScorer?: OpenPairScorer; generation?: number } = {},
): Promise<EmbeddedIndex> {
  const check = (manifest: Manifest): void => checkModel(folder, manifest, options.embedder);
  const { openScorer, generation } = options;
  const opened = await openParts(folder, check, { openScorer, generation });
  return searchParts(opened, options.embedder);
}
