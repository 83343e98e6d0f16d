import type { SegmentReader } from './segment-reader.js';

/** What takes the scored documents of a query and keeps the best: `TopK`, or one that stands before it. */
export interface Collector {
  /** how many are kept, where scores are kept as they are offered: k documents that reach a score put all below it out of the question */
  readonly k?: number;
  /** A score below this would not be kept. */
  readonly least: number;
  /** Whether an offer would be kept. */
  wants(score: number, segment: SegmentReader, doc: number): boolean;
  offer(score: number, segment: SegmentReader, doc: number): void;
}
