import type { Candidate } from './candidate.js';
import type { Collector } from './collector.js';
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

/** Whether a document of the segment may be a hit; undefined = any may. */
export type AcceptIn = (segment: StoredSegment | MemorySegment) => ((doc: number) => boolean) | undefined;

/** Those of the documents that an id may be a hit of. */
export const acceptIds =
  (accept: ((id: string) => boolean) | undefined): AcceptIn =>
  segment =>
    accept && (doc => accept(segment.idOf(doc)));

/** Offers the documents of all segments that hold one of the terms and can be among the best. */
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
  collectTerms(stored, memory, weighting, terms, scratch, best, acceptIds(accept));
  return best.take();
}
