import { finish } from '../math/finish.js';
import { GrowingArray } from './growing-array.js';
import { NearTerms, type ReadPoints } from './near-terms.js';
import type { SortedTerms } from './sorted-terms.js';
import { compareBytes, decodePoints, decodeTerm, encodeInto, encodeTerm } from './term-bytes.js';

/** Terms that are made ready in one go. */
const termsAtOnce = 2 ** 12;

/** The sorted terms of a segment, in its bytes: found by binary search, made strings only when asked. */
export class TermDictionary implements SortedTerms {
  /** made when it is first asked for: most segments are merged away before anybody mistypes a word */
  private nearTerms: NearTerms | undefined;
  /** of the term that is looked for */
  private wanted = new Uint8Array(64);

  constructor(
    private readonly bytes: Uint8Array,
    private readonly ends: Uint32Array,
  ) {}

  get count(): number {
    return this.ends.length;
  }

  term(ordinal: number): string {
    return decodeTerm(this.bytes, this.start(ordinal), this.ends[ordinal]);
  }

  /** The bytes of a term, not copied. */
  termBytes(ordinal: number): Uint8Array {
    return this.bytes.subarray(this.start(ordinal), this.ends[ordinal]);
  }

  lowerBound(term: string): number {
    const length = this.encodeWanted(term);
    return this.lowerBoundOf(this.wanted, length);
  }

  /** Numbers of the terms that begin with a prefix: from the first to behind the last. */
  rangeOf(prefix: string): [number, number] {
    const bytes = encodeTerm(prefix);
    // no byte of a term is 0xff: this stands behind all that begin with the prefix
    return [this.lowerBoundOf(bytes, bytes.length), this.lowerBoundOf(Uint8Array.of(...bytes, 0xff), bytes.length + 1)];
  }

  /** @returns number of the term; -1 where there is none */
  find(term: string): number {
    const length = this.encodeWanted(term);
    const ordinal = this.lowerBoundOf(this.wanted, length);
    if (ordinal === this.ends.length) return -1;
    return compareBytes(this.wanted, length, this.bytes, this.start(ordinal), this.ends[ordinal]) === 0 ? ordinal : -1;
  }

  private encodeWanted(term: string): number {
    if (this.wanted.length < term.length * 3) this.wanted = new Uint8Array(term.length * 6);
    return encodeInto(term, this.wanted);
  }

  /** Terms within an edit distance, in their order. @param distance  0, 1 or 2 */
  near(term: string, distance: number): string[] {
    this.nearTerms ??= finish(this.makingNearTerms());
    const found = this.nearTerms.find(term, distance, this.readPoints);
    return found.sort((a, b) => a - b).map(ordinal => this.term(ordinal));
  }

  private readPoints: ReadPoints = (ordinal, into) => {
    decodePoints(this.bytes, this.start(ordinal), this.ends[ordinal], into);
  };

  /** Makes ready what near terms are found by; work that tells its units (src/search/turns.ts). */
  *preparingNear(): Generator<number, void> {
    if (this.nearTerms !== undefined) return;
    const made = yield* this.makingNearTerms();
    this.nearTerms ??= made;
  }

  private *makingNearTerms(): Generator<number, NearTerms> {
    const near = new NearTerms();
    const points = new GrowingArray();
    for (let ordinal = 0; ordinal < this.count; ordinal++) {
      if (ordinal % termsAtOnce === termsAtOnce - 1) yield termsAtOnce;
      points.length = 0;
      this.readPoints(ordinal, points);
      near.add(ordinal, points);
    }
    return near;
  }

  private start(ordinal: number): number {
    return ordinal === 0 ? 0 : this.ends[ordinal - 1];
  }

  private lowerBoundOf(term: Uint8Array, length: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(term, length, this.bytes, this.start(middle), this.ends[middle]) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
