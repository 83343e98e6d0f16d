import type { Candidate } from '../../../src/ranking/candidate.js';
import { asCosine } from '../../../src/vector/cosine.js';
import type { Json } from './cluster.js';
import type { SearchReply } from './reply.js';
import type { SearchBody } from './search-index.js';
import { bestFirst } from './sort-hits.js';

interface NearestOptions {
  /** breadth of the walk in each shard */
  readonly k: number;
  /** documents wanted */
  readonly size: number;
  /** documents that may be found; all when absent */
  readonly eligible?: Json;
  /** what is shown of them; their ids alone when absent */
  readonly shown?: Json;
}

/** Asks for the documents nearest to an embedding. */
export const nearestBody = (
  embedding: Float32Array,
  { k, size, eligible, shown = { _source: false } }: NearestOptions,
): SearchBody => ({
  ...shown,
  size: Math.min(size, k),
  track_total_hits: false,
  sort: bestFirst,
  track_scores: true,
  query: { knn: { v: { vector: Array.from(embedding), k, ...(eligible !== undefined && { filter: eligible }) } } },
});

/** Asks for the k documents nearest to an embedding by a comparison with all of them. */
export const scanBody = (embedding: Float32Array, k: number): SearchBody => ({
  _source: false,
  size: k,
  track_total_hits: false,
  query: {
    script_score: {
      query: { exists: { field: 'v' } },
      script: {
        lang: 'knn',
        source: 'knn_score',
        params: { field: 'v', query_value: Array.from(embedding), space_type: 'cosinesimil' },
      },
    },
  },
});

/** @param least  cosine of what is found; none when absent @returns best first, ties by id */
export function readNearest({ hits }: SearchReply, least?: number): Candidate[] {
  // Lucene scores by (1 + cosine) / 2
  const found = hits.hits.map(({ _id: id, _score }) => ({ id, score: asCosine(2 * (_score ?? 0) - 1) }));
  found.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return least === undefined ? found : found.filter(({ score }) => score >= least);
}
