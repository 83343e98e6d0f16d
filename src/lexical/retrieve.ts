import type { Collector } from './collector.js';
import { ListCache } from './list-cache.js';
import { type Accumulator, accumulateMemory, createAccumulator } from './memory-scorer.js';
import type { MemorySegment } from './memory-segment.js';
import type { QueryTerm } from './query-terms.js';
import { SegmentScorer } from './segment-scorer.js';
import type { StoredSegment } from './stored-segment.js';
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

/** Whether a document of the segment may be a hit; undefined = any may. */
export type AcceptIn = (segment: StoredSegment | MemorySegment) => ((doc: number) => boolean) | undefined;

/** Those of the documents that an id may be a hit of. */
export const acceptIds =
  (accept: ((id: string) => boolean) | undefined): AcceptIn =>
  segment =>
    accept && (doc => accept(segment.idOf(doc)));

/**
 * Offers the documents of all segments that hold one of the terms and can be among the best. What was found so far prunes what comes after, across
 * segments.
 */
export function collectTerms(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  terms: readonly QueryTerm[],
  scratch: Scratch,
  best: Collector,
  acceptIn: AcceptIn,
): void {
  stored.forEach((segment, place) => {
    scratch.stored.collect(segment, place, weighting, terms, best, acceptIn(segment));
  });
  if (memory.liveCount > 0) accumulateMemory(memory, weighting, terms, scratch.memory, best, acceptIn(memory));
}
