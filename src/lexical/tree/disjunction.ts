import { type BitSet, createBitSet, nextBit, setBit } from '../../math/bit-set.js';
import { noMoreDocuments } from '../segment-reader.js';
import type { MatchIterator } from './iterator.js';

const smallestWindow = 2 ** 6;
const largestWindow = 2 ** 12;
/** Postings that a window has on average, at most. */
const postingsOfWindow = 2 ** 15;

/** Documents of a window at most, for parts with so many postings in a segment. */
export function windowFor(postings: number, documents: number): number {
  const share = (postingsOfWindow * documents) / Math.max(1, postings);
  return 2 ** Math.max(Math.log2(smallestWindow), Math.min(Math.log2(largestWindow), Math.floor(Math.log2(share))));
}

/**
 * Documents that at least some of the parts match. Works by windows: part after part adds its scores to those of the documents of a window, so
 * that they are added up in the order of the parts. Windows grow while they follow one another, and start small after a leap. A step fills one window
 * at most: where it holds no match, the iterator stands at its last document and does not confirm it.
 */
export class Disjunction implements MatchIterator {
  doc = -1;
  readonly cost: number;
  private matches = false;
  private from = 0;
  private to = 0;
  private size = smallestWindow / 2;
  private sums = new Float64Array(smallestWindow);
  private counts = new Uint32Array(smallestWindow);
  private marks: BitSet = createBitSet(smallestWindow);

  /**
   * @param minimum  parts that must match, >= 1
   * @param largest  documents of a window at most, a power of two
   */
  constructor(
    private readonly parts: readonly MatchIterator[],
    private readonly minimum = 1,
    private readonly scored = true,
    private readonly largest = largestWindow,
  ) {
    this.cost = parts.reduce((sum, part) => sum + part.cost, 0);
  }

  next(): number {
    return this.advance(this.doc + 1);
  }

  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    let from = target;
    if (from >= this.to || nextBit(this.marks, from - this.from) < 0) {
      from = this.firstFrom(Math.max(from, this.to));
      if (from === noMoreDocuments) {
        this.doc = from;
        return from;
      }
      this.fill(from);
    }
    const found = nextBit(this.marks, from - this.from);
    this.matches = found >= 0;
    this.doc = this.matches ? this.from + found : this.to - 1;
    return this.doc;
  }

  /** All that was dear was asked when the window was filled. */
  confirm(): boolean {
    return this.matches;
  }

  score(): number {
    return this.sums[this.doc - this.from];
  }

  /** The first document that any part stands at. */
  private firstFrom(target: number): number {
    let first = noMoreDocuments;
    for (const part of this.parts) first = Math.min(first, part.advance(target));
    return first;
  }

  private fill(from: number): void {
    this.open(from);
    const { parts, minimum, scored, sums, counts, marks, to } = this;
    for (const part of parts) {
      for (let doc = part.advance(from); doc < to; doc = part.next()) {
        if (!part.confirm()) continue;
        const at = doc - from;
        if (scored) sums[at] += part.score();
        if (++counts[at] === minimum) setBit(marks, at);
      }
    }
  }

  private open(from: number): void {
    const follows = from - this.to < this.size;
    const before = this.to - this.from;
    this.size = follows ? Math.min(2 * this.size, this.largest) : smallestWindow;
    if (this.sums.length < this.size) {
      this.sums = new Float64Array(this.size);
      this.counts = new Uint32Array(this.size);
      this.marks = createBitSet(this.size);
    } else {
      this.sums.fill(0, 0, before);
      this.counts.fill(0, 0, before);
      this.marks.fill(0, 0, before / 32);
    }
    this.from = from;
    this.to = from + this.size;
  }
}
