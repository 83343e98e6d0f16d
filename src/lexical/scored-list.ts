import type { DecodedList } from './decoded-list.js';
import { scoreShapes } from './posting-shapes.js';
import type { Weighting } from './weighting.js';

/** A posting list with the scores of its shapes under one weighting; never changed, so that a query may go on with it while another makes a new one. */
export interface ScoredList {
  readonly list: DecodedList;
  readonly weighting: Weighting;
  readonly weight: number;
  /** by shape */
  readonly scores: Float64Array;
  /** shapes that postings have, the highest score first */
  readonly best: Uint32Array;
  /** no posting scores more */
  readonly top: number;
}

export function scoreList(list: DecodedList, weighting: Weighting, weight: number): ScoredList {
  const scores = scoreShapes(list.shapes, weighting, weight);
  const best = list.counts.map((_, shape) => shape).filter(shape => list.counts[shape] > 0);
  best.sort((a, b) => scores[b] - scores[a]);
  return { list, weighting, weight, scores, best, top: scores[best[0]] };
}

/** The score that `count` postings reach; -Infinity where there are not so many. */
export function scoreReachedBy({ list, scores, best }: ScoredList, count: number): number {
  let left = count;
  for (let i = 0; i < best.length; i++) {
    left -= list.counts[best[i]];
    if (left <= 0) return scores[best[i]];
  }
  return Number.NEGATIVE_INFINITY;
}
