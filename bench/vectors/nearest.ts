import { innerProduct } from '../../src/vector/cosine.js';
import { openKernel, rowRoom } from '../../src/vector/graph-kernel.js';
import { createTopK } from '../../src/vector/top-k.js';
import type { EmbeddingSet } from './rows.js';

/** What rounding may move a score by. */
const rounding = 1e-6;

/** Share of the k nearest that were found, mean over queries: whatever is as near as the k-th counts, since equal embeddings stand in any order. */
export type RecallOf = (found: readonly (readonly number[])[]) => number;

/** Score of the k-th nearest of all documents, by query. */
function leastOfNearest({ width, documents, queries }: EmbeddingSet, k: number): number[] {
  const { exports, memory } = openKernel({ width, m: 2 });
  const count = documents.length / width;
  const asked = queries.length / width;
  const best = Array.from({ length: asked }, () => createTopK(k, (a, b) => a < b));
  const input = new Float32Array(memory.buffer, exports.input() >>> 0, width);
  const rows = new Float32Array(memory.buffer, exports.rows() >>> 0, rowRoom * width);
  const scores = new Float32Array(memory.buffer, exports.scores() >>> 0, rowRoom);
  for (let from = 0; from < count; from += rowRoom) {
    const some = Math.min(rowRoom, count - from);
    rows.set(documents.subarray(from * width, (from + some) * width));
    for (let query = 0; query < asked; query++) {
      input.set(queries.subarray(query * width, (query + 1) * width));
      exports.multiplyRows(some);
      for (let i = 0; i < some; i++) best[query].offer(from + i, scores[i]);
    }
  }
  return best.map(each => each.take().at(-1)?.score ?? 0);
}

/** Looks for the k nearest of every query among all documents. */
export function exactRecall(set: EmbeddingSet, k: number): RecallOf {
  const { width, documents, queries } = set;
  const least = leastOfNearest(set, k);
  const wanted = Math.min(k, documents.length / width);
  return found => {
    const near = found.map((rows, q) => {
      const query = queries.subarray(q * width, (q + 1) * width);
      return new Set(rows.filter(row => row >= 0 && innerProduct(query, documents, row) >= least[q] - rounding)).size;
    });
    return near.reduce((sum, each) => sum + Math.min(each, wanted) / wanted, 0) / near.length;
  };
}
