import { termScore } from './bm25.js';
import type { DecodedList } from './decoded-list.js';
import { impactWords } from './impacts.js';
import { scoreShapes } from './posting-shapes.js';
import { maxFrequency } from './posting-writer.js';
import type { SegmentArrays } from './segment-file.js';
import { precomputedLengths, type Weighting } from './weighting.js';

/** A bound is raised by this share, far more than rounding can take from it. */
export const slack = 1e-12;

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
  /** by whole block of the list: no posting of it scores more */
  readonly blockTops: Float64Array;
}

export function scoreList(list: DecodedList, arrays: SegmentArrays, weighting: Weighting, weight: number): ScoredList {
  const scores = scoreShapes(list.shapes, weighting, weight);
  const best = list.counts.map((_, shape) => shape).filter(shape => list.counts[shape] > 0);
  best.sort((a, b) => scores[b] - scores[a]);
  const blockTops = new Float64Array(list.codes.length >>> 7);
  for (let block = 0; block < blockTops.length; block++)
    blockTops[block] = blockBound(arrays, list.firstBlock + block, weighting, weight);
  return { list, weighting, weight, scores, best, top: scores[best[0]], blockTops };
}

/** What the impacts of a block allow: the best pair of each field, as if one posting had them all. */
function blockBound(
  { blockImpacts, impacts }: SegmentArrays,
  block: number,
  { k1, table, occurrence }: Weighting,
  weight: number,
): number {
  const start = block === 0 ? 0 : blockImpacts[block - 1];
  let frequency = 0;
  let field = -1;
  let most = 0;
  for (let i = start * impactWords; i < blockImpacts[block] * impactWords; i += impactWords) {
    if (impacts[i] >>> 24 !== field) {
      frequency += most;
      most = 0;
      field = impacts[i] >>> 24;
    }
    const length = impacts[i + 1];
    const each = length < precomputedLengths ? table[field][length] : occurrence(field, length);
    const one = (impacts[i] & maxFrequency) * each;
    if (one > most) most = one;
  }
  return termScore(k1, weight, frequency + most) * (1 + slack);
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
