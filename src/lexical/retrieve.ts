import type { Candidate } from './candidate.js';
import { ListCache } from './list-cache.js';
import { type Accumulator, accumulateMemory, createAccumulator } from './memory-scorer.js';
import type { MemorySegment } from './memory-segment.js';
import { weighTerms } from './query-terms.js';
import { SegmentScorer } from './segment-scorer.js';
import type { StoredSegment } from './stored-segment.js';
import { TopK } from './top-k.js';
import type { Weighting } from './weighting.js';

/** What a query needs while it runs; kept between queries. */
export interface Scratch {
  readonly memory: Accumulator;
  readonly stored: SegmentScorer;
}

/** @param cache  shared by all queries of an index */
export const createScratch = (cache = new ListCache()): Scratch => ({
  memory: createAccumulator(),
  stored: new SegmentScorer(cache),
});

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
  const terms = weighTerms(stored, memory, weighting, counts);
  const best = new TopK(k);
  stored.forEach((segment, place) => {
    scratch.stored.collect(segment, place, weighting, terms, best, accept);
  });
  if (memory.liveCount > 0) accumulateMemory(memory, weighting, terms, scratch.memory, best, accept);
  return best.take();
}
