import { termScore } from './bm25.js';
import type { DecodedList } from './decoded-list.js';
import { impactWords } from './impacts.js';
import { scoreShapes } from './posting-shapes.js';
import { maxFrequency } from './posting-writer.js';
import type { SegmentArrays } from './segment-file.js';
import { precomputedLengths, type Weighting } from './weighting.js';

/** A bound is raised by this share, far more than rounding can take from it. */
export const slack = 1e-12;

/**
 * A posting list with the scores of its shapes under one weighting; the scores never change, so that a query may go on with it while another makes a new one.
 * What only a term that leads needs is made when one asks: the weight of a stop word is another one in every query.
 */
export class ScoredList {
  /** by shape */
  readonly scores: Float64Array;
  /** no posting scores more */
  readonly top: number;
  private tops: Float64Array | undefined;
  private sorted: Uint32Array | undefined;

  constructor(
    readonly list: DecodedList,
    private readonly arrays: SegmentArrays,
    readonly weighting: Weighting,
    readonly weight: number,
  ) {
    this.scores = scoreShapes(list.shapes, weighting, weight);
    this.top = highest(this.scores, list.counts);
  }

  /** by whole block of the list: no posting of it scores more */
  get blockTops(): Float64Array {
    if (this.tops !== undefined) return this.tops;
    const { list, arrays, weighting, weight } = this;
    const tops = new Float64Array(list.codes.length >>> 7);
    for (let block = 0; block < tops.length; block++)
      tops[block] = blockBound(arrays, list.firstBlock + block, weighting, weight);
    this.tops = tops;
    return tops;
  }

  /** Shapes that postings have, the highest score first. */
  get best(): Uint32Array {
    if (this.sorted !== undefined) return this.sorted;
    const { scores } = this;
    const { counts } = this.list;
    const best = counts.map((_, shape) => shape).filter(shape => counts[shape] > 0);
    best.sort((a, b) => scores[b] - scores[a]);
    this.sorted = best;
    return best;
  }
}

function highest(scores: Float64Array, counts: Uint32Array): number {
  let top = 0;
  for (let shape = 0; shape < scores.length; shape++) if (counts[shape] > 0 && scores[shape] > top) top = scores[shape];
  return top;
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
