import type { ScoredList } from './scored-list.js';

/** The documents of a batch that are still in, rising, with what the terms so far have given them. */
export interface Candidates {
  readonly docs: Uint32Array;
  readonly scores: Float64Array;
  count: number;
}

/** Scores of the documents of a window, added up term by term. */
export class WindowSums {
  private readonly sums: Float64Array;
  /** a bit for each document that a term has met */
  private readonly marks: Uint32Array;

  /** @param size  documents of a window, a multiple of 32 */
  constructor(private readonly size: number) {
    this.sums = new Float64Array(size);
    this.marks = new Uint32Array(size / 32);
  }

  /**
   * Adds a term's scores in the window that begins with document `from`.
   * @param place  of the list's first posting that is not before the window
   * @returns place of the first one behind it
   */
  add({ list, scores }: ScoredList, place: number, from: number): number {
    const { docs, codes } = list;
    const { sums, marks } = this;
    const to = from + this.size;
    let next = place;
    // one number behind the last document ends the loop
    for (; docs[next] < to; next++) {
      const at = docs[next] - from;
      sums[at] += scores[codes[next]];
      marks[at >>> 5] |= 1 << (at & 31);
    }
    return next;
  }

  /** Takes the documents that have at least `least`; the sums are all zero then. */
  take(from: number, least: number, into: Candidates): void {
    const { sums, marks } = this;
    const { docs, scores } = into;
    let count = 0;
    for (let word = 0; word < marks.length; word++) {
      let bits = marks[word];
      marks[word] = 0;
      for (; bits !== 0; bits &= bits - 1) {
        const at = (word << 5) + 31 - Math.clz32(bits & -bits);
        const score = sums[at];
        sums[at] = 0;
        if (score < least) continue;
        docs[count] = from + at;
        scores[count++] = score;
      }
    }
    into.count = count;
  }
}
