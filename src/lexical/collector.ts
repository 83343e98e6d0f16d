import type { SegmentReader } from './segment-reader.js';

/** What takes the scored documents of a query and keeps the best: `TopK`, or one that stands before it. */
export interface Collector {
  /** A score below this would not be kept. */
  readonly least: number;
  /** Whether an offer would be kept. */
  wants(score: number, segment: SegmentReader, doc: number): boolean;
  offer(score: number, segment: SegmentReader, doc: number): void;
}
