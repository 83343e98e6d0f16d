import type { Collector } from '../collector.js';
import type { SegmentReader } from '../segment-reader.js';

/** Taken off a bound, far more than rounding can add to it. */
const slack = 1 - 1e-12;

/** Stands before a collector and multiplies every score by the factor of its document, which is `most` at most. */
export class FactoredCollector implements Collector {
  private doc = -1;
  private segment: SegmentReader | undefined;
  private product = 0;

  constructor(
    private readonly best: Collector,
    private readonly most: number,
    private readonly multiply: (score: number, segment: SegmentReader, doc: number) => number,
  ) {}

  get least(): number {
    return (this.best.least / this.most) * slack;
  }

  wants(score: number, segment: SegmentReader, doc: number): boolean {
    this.product = this.multiply(score, segment, doc);
    [this.segment, this.doc] = [segment, doc];
    return this.best.wants(this.product, segment, doc);
  }

  /** An offer follows the question whether it is wanted. */
  offer(score: number, segment: SegmentReader, doc: number): void {
    if (this.segment !== segment || this.doc !== doc) this.product = this.multiply(score, segment, doc);
    this.best.offer(this.product, segment, doc);
    this.segment = undefined;
  }
}
