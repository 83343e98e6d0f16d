import type { AcceptedDocuments } from '../lexical/accepted.js';
import type { Candidate } from '../ranking/candidate.js';
import type { DocumentStore } from '../store/document-store.js';
import { asCosine, innerProduct, isZero } from '../vector/cosine.js';
import { createTopK } from '../vector/top-k.js';
import type { VectorIndex } from '../vector/vector-index.js';
import { mostHits } from './request.js';
import { chooseVectorPlan } from './vector-plan.js';

export interface NearestOptions {
  /** breadth of the graph's walk: so many documents come of it, further ones follow behind them */
  readonly ef: number;
  /** documents that may be found; undefined = all */
  readonly accepted?: AcceptedDocuments;
}

/**
 * The k documents nearest to a query, by cosine. The k nearest are the first ones of any larger k: a graph is always walked with the same
 * breadth and all that it gives is looked at, also where fewer are wanted, so that equal scores are told apart by id. Where more are wanted it is walked once
 * more, with one breadth for all that may be asked for; what the second walk finds and the first had missed stands behind, with no more than the last
 * score before it.
 * @param query  float32 [D], L2-normalised
 * @param k      1..1000
 */
export function nearestDocuments(
  vectors: VectorIndex,
  store: DocumentStore,
  query: Float32Array,
  k: number,
  { ef, accepted }: NearestOptions,
): Candidate[] {
  const isAccepted = accepted && ((id: string): boolean => accepted.has(id));
  if (vectors.kind === 'flat') return vectors.search(query, k, { accept: isAccepted });
  if (accepted !== undefined && chooseVectorPlan(ef, vectors.size, accepted.count) === 'scan')
    return scanAccepted(store, query, k, accepted);
  const found = vectors.search(query, ef, { ef, accept: isAccepted });
  if (k <= found.length || found.length < ef) return found.slice(0, k);
  const known = new Set(found.map(({ id }) => id));
  const last = found[found.length - 1].score;
  const behind = vectors
    .search(query, mostHits, { ef: Math.max(ef, mostHits), accept: isAccepted })
    .flatMap(({ id, score }) => (known.has(id) ? [] : [{ id, score: Math.min(score, last) }]));
  return [...found, ...behind].slice(0, k);
}

/** The k nearest of the accepted documents, exactly, their embeddings read from the store one by one. */
function scanAccepted(store: DocumentStore, query: Float32Array, k: number, accepted: AcceptedDocuments): Candidate[] {
  const ids = [...accepted.ids()];
  const best = createTopK(k, (a, b) => ids[a] < ids[b]);
  cosines(store, query, ids).forEach((cosine, row) => {
    if (!Number.isNaN(cosine)) best.offer(row, cosine);
  });
  return best.take().map(({ row, score }) => ({ id: ids[row], score }));
}

/** Cosines of documents from their stored embeddings; NaN where there is none. */
export const cosines = (store: DocumentStore, query: Float32Array, ids: readonly string[]): Float64Array =>
  Float64Array.from(ids, id => {
    const embedding = store.embedding(id);
    return embedding === undefined || isZero(embedding) ? Number.NaN : asCosine(innerProduct(query, embedding, 0));
  });
