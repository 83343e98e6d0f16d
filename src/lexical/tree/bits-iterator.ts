import { type BitSet, countBits, nextBit } from '../../math/bit-set.js';
import { noMoreDocuments } from '../segment-reader.js';
import type { MatchIterator } from './iterator.js';

/** The documents of a set, each with the same score. */
export class BitsIterator implements MatchIterator {
  doc = -1;
  readonly cost: number;

  constructor(
    private readonly bits: BitSet,
    private readonly each = 0,
  ) {
    this.cost = countBits(bits);
  }

  next(): number {
    return this.advance(this.doc + 1);
  }

  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    const found = nextBit(this.bits, target);
    this.doc = found < 0 ? noMoreDocuments : found;
    return this.doc;
  }

  confirm(): boolean {
    return true;
  }

  score(): number {
    return this.each;
  }
}
