import type { SortKey } from '../../query/query.js';
import type { Candidate } from '../candidate.js';
import type { SegmentReader } from '../segment-reader.js';
import { compareSortValues, type SortValues } from './sort-values.js';

interface Kept {
  readonly values: SortValues;
  readonly score: number;
  readonly segment: SegmentReader;
  readonly doc: number;
}

/** The first k documents in an order by attributes, ties by id in code-unit order: a binary heap whose root is the last one kept. */
export class SortedTopK {
  private readonly heap: Kept[] = [];

  /** @param k  integer >= 1 */
  constructor(
    private readonly keys: readonly SortKey[],
    private readonly k: number,
  ) {}

  /** Whether these values come behind all that are kept, and k are. */
  isBehind(values: SortValues): boolean {
    return this.heap.length === this.k && compareSortValues(this.keys, this.heap[0].values, values) < 0;
  }

  /** Whether an offer would be kept. */
  wants(values: SortValues, segment: SegmentReader, doc: number): boolean {
    return this.heap.length < this.k || this.compare({ values, score: 0, segment, doc }, this.heap[0]) < 0;
  }

  /** Keeps an offer that is wanted. */
  offer(values: SortValues, score: number, segment: SegmentReader, doc: number): void {
    const { heap } = this;
    const offered = { values, score, segment, doc };
    if (heap.length < this.k) {
      heap.push(offered);
      this.rise(heap.length - 1);
    } else if (this.wants(values, segment, doc)) {
      heap[0] = offered;
      this.sink();
    }
  }

  /** The first ones, in order; the score is that of the document, whatever it is sorted by. */
  take(): Candidate[] {
    return this.heap
      .toSorted((a, b) => this.compare(a, b))
      .map(({ segment, doc, score }) => ({ id: segment.idOf(doc), score }));
  }

  private compare(a: Kept, b: Kept): number {
    const difference = compareSortValues(this.keys, a.values, b.values);
    if (difference !== 0) return difference;
    if (a.segment === b.segment) return a.segment.compareIds(a.doc, b.doc);
    const [left, right] = [a.segment.idOf(a.doc), b.segment.idOf(b.doc)];
    return left < right ? -1 : left > right ? 1 : 0;
  }

  private rise(from: number): void {
    const { heap } = this;
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (this.compare(heap[child], heap[parent]) <= 0) return;
      [heap[child], heap[parent]] = [heap[parent], heap[child]];
      child = parent;
    }
  }

  private sink(): void {
    const { heap } = this;
    for (let parent = 0; ; ) {
      let last = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && this.compare(heap[child], heap[last]) > 0) last = child;
      }
      if (last === parent) return;
      [heap[parent], heap[last]] = [heap[last], heap[parent]];
      parent = last;
    }
  }
}
