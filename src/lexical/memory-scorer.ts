import { termScore } from './bm25.js';
import type { Collector } from './collector.js';
import type { MemorySegment } from './memory-segment.js';
import type { PostingList } from './posting-list.js';
import { maxFrequency } from './posting-writer.js';
import type { QueryTerm } from './query-terms.js';
import { precomputedLengths, type Weighting } from './weighting.js';

/** Room for the scores of one query; kept between queries and all zero between them. */
export interface Accumulator {
  /** by slot */
  scores: Float64Array;
  /** slots whose score was set, in the order they were met */
  touched: Uint32Array;
  count: number;
}

export const createAccumulator = (): Accumulator => ({
  scores: new Float64Array(0),
  touched: new Uint32Array(0),
  count: 0,
});

/** Offers every document of the memory segment that holds a term: term at a time, all postings; the segment is small. */
export function accumulateMemory(
  segment: MemorySegment,
  weighting: Weighting,
  terms: readonly QueryTerm[],
  sums: Accumulator,
  best: Collector,
  accept?: (doc: number) => boolean,
): void {
  reserve(sums, segment.documentCount);
  for (const { term, weight, optional = false } of terms) {
    const list = segment.list(term);
    if (list !== undefined) addTerm(list, weight, optional, weighting, segment, sums);
  }
  try {
    for (let i = 0; i < sums.count; i++) {
      const slot = sums.touched[i];
      const score = sums.scores[slot];
      if (score < best.least || !segment.isLive(slot) || !best.wants(score, segment, slot)) continue;
      if (accept === undefined || accept(slot)) best.offer(score, segment, slot);
    }
  } finally {
    // All zero again, also when `accept` threw half-way.
    for (let i = 0; i < sums.count; i++) sums.scores[sums.touched[i]] = 0;
    sums.count = 0;
  }
}

/** Adds a term's score to every document that holds it; an optional one's to those of them that hold a term before it. */
function addTerm(
  { data, length }: PostingList,
  weight: number,
  optional: boolean,
  { k1, table, occurrence }: Weighting,
  segment: MemorySegment,
  into: Accumulator,
): void {
  const { scores, touched } = into;
  let count = into.count;
  for (let i = 0; i < length; ) {
    const slot = data[i];
    let frequency = 0;
    do {
      const field = data[i + 1] >>> 24;
      const fieldLength = segment.lengths[field].data[slot];
      const each = fieldLength < precomputedLengths ? table[field][fieldLength] : occurrence(field, fieldLength);
      frequency += (data[i + 1] & maxFrequency) * each;
      i += 2;
    } while (i < length && data[i] === slot);
    const before = scores[slot];
    if (before === 0) {
      if (optional) continue;
      touched[count++] = slot;
    }
    scores[slot] = before + termScore(k1, weight, frequency);
  }
  into.count = count;
}

function reserve(sums: Accumulator, slots: number): void {
  if (sums.scores.length >= slots) return;
  const size = Math.ceil(slots * 1.5);
  sums.scores = new Float64Array(size);
  sums.touched = new Uint32Array(size);
}
