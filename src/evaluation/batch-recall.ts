import { seededRandom, shuffle } from '../math/random.js';
import { innerProduct } from '../vector/cosine.js';
import { batchRecall } from './embedding-metrics.js';

/** Queries with the ids of their relevant documents, and where the embeddings of these are found. */
export interface EmbeddedQueries {
  readonly queries: readonly { readonly embedding: Float32Array; readonly relevant: readonly string[] }[];
  readonly document: (id: string) => Float32Array;
}

/** Pairs of a batch, as in training. */
export const batchSize = 256;

/**
 * Batch Recall@K over all pairs (query, relevant document): the pairs are shuffled by the seed and cut into batches of 256, the last one
 * shorter; in its batch a pair is a hit when fewer than K documents of other pairs score at least as high for its query. Further relevant
 * documents of the query, and the same document from another pair, are no rivals.
 * @param K  >= 1
 * @returns in [0, 1], over all pairs
 */
export function pooledBatchRecall({ queries, document }: EmbeddedQueries, K: number, seed: number): number {
  const pairs = queries.flatMap(({ relevant }, query) => relevant.map(id => ({ query, id })));
  const order = shuffle(Uint32Array.from(pairs.keys()), seededRandom(seed));
  let hits = 0;
  for (let from = 0; from < order.length; from += batchSize) {
    const batch = Array.from(order.subarray(from, from + batchSize), i => pairs[i]);
    const documents = batch.map(({ id }) => document(id));
    const scores = new Float32Array(batch.length ** 2);
    batch.forEach(({ query }, row) => {
      const { embedding, relevant } = queries[query];
      const known = new Set(relevant);
      batch.forEach((rival, column) => {
        const passed = column !== row && known.has(rival.id);
        scores[row * batch.length + column] = passed
          ? Number.NEGATIVE_INFINITY
          : innerProduct(embedding, documents[column], 0);
      });
    });
    hits += batchRecall(scores, batch.length, K) * batch.length;
  }
  return hits / pairs.length;
}
