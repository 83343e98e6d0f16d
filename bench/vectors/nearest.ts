import { innerProduct } from '../../src/vector/cosine.js';
import { createTopK } from '../../src/vector/top-k.js';
import type { EmbeddingSet } from './rows.js';

/** What rounding may move a score by. */
const rounding = 1e-6;

/** Share of the k nearest that were found, mean over queries: whatever is as near as the k-th counts, since equal embeddings stand in any order. */
export type RecallOf = (found: readonly (readonly number[])[]) => number;

/** Looks for the k nearest of every query among all documents. */
export function exactRecall({ width, documents, queries }: EmbeddingSet, k: number): RecallOf {
  const count = documents.length / width;
  const asked = Array.from({ length: queries.length / width }, (_, i) => queries.subarray(i * width, (i + 1) * width));
  const least = asked.map(query => {
    const best = createTopK(k, (a, b) => a < b);
    for (let row = 0; row < count; row++) best.offer(row, innerProduct(query, documents, row));
    return best.take().at(-1)?.score ?? 0;
  });
  const wanted = Math.min(k, count);
  return found => {
    const near = found.map(
      (rows, q) =>
        new Set(rows.filter(row => row >= 0 && innerProduct(asked[q], documents, row) >= least[q] - rounding)).size,
    );
    return near.reduce((sum, each) => sum + Math.min(each, wanted) / wanted, 0) / near.length;
  };
}
