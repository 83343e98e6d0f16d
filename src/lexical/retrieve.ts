import type { Candidate } from './candidate.js';
import { type Accumulator, accumulateMemory, createAccumulator } from './memory-scorer.js';
import type { MemorySegment } from './memory-segment.js';
import { type QueryTerm, weighTerms } from './query-terms.js';
import { SegmentScorer } from './segment-scorer.js';
import type { StoredSegment } from './stored-segment.js';
import { TopK } from './top-k.js';
import type { Weighting } from './weighting.js';

/** What a query needs while it runs; kept between queries. */
export interface Scratch {
  readonly memory: Accumulator;
  readonly stored: SegmentScorer;
}

export const createScratch = (): Scratch => ({ memory: createAccumulator(), stored: new SegmentScorer() });

/**
 * The best k documents of all segments. The scores of the documents found so far prune what comes after, across segments.
 * @param counts  terms of the query with how often it asks for them
 * @param accept  asked only for documents that would be among the best k
 */
export function retrieve(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  counts: ReadonlyMap<string, number>,
  scratch: Scratch,
  k: number,
  accept?: (id: string) => boolean,
): Candidate[] {
  return collect(stored, memory, weighting, weighTerms(stored, memory, weighting, counts), scratch, k, accept).take();
}

/** The same for terms that are weighed already. */
export function collect(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  terms: readonly QueryTerm[],
  scratch: Scratch,
  k: number,
  accept?: (id: string) => boolean,
): TopK {
  const best = new TopK(k);
  stored.forEach((segment, place) => {
    scratch.stored.collect(segment, place, weighting, terms, best, accept);
  });
  if (memory.liveCount > 0) accumulateMemory(memory, weighting, terms, scratch.memory, best, accept);
  return best;
}
