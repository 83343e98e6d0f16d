import type { PostingList } from './posting-list.js';
import { maxFrequency } from './posting-writer.js';
import { noMoreDocuments, type PostingIterator } from './segment-reader.js';

/** Walks over a posting list of the memory segment as it was when the walk began. */
export class MemoryPostings implements PostingIterator {
  doc = -1;
  private from = 0;
  /** behind the last entry of the present document */
  private to = 0;
  /** where the positions of the present document begin */
  private positionsAt = 0;
  private occurrences = 0;
  private readonly entries: Uint32Array;

  constructor(private readonly list: PostingList) {
    this.entries = list.data.subarray(0, list.length);
  }

  next(): number {
    const { entries } = this;
    this.positionsAt += this.occurrences;
    this.occurrences = 0;
    this.from = this.to;
    if (this.from >= entries.length) {
      this.doc = noMoreDocuments;
      return this.doc;
    }
    this.doc = entries[this.from];
    while (this.to < entries.length && entries[this.to] === this.doc) {
      this.occurrences += entries[this.to + 1] & maxFrequency;
      this.to += 2;
    }
    return this.doc;
  }

  advance(target: number): number {
    while (this.doc < target) this.next();
    return this.doc;
  }

  frequency(field: number): number {
    for (let i = this.from; i < this.to; i += 2) {
      if (this.entries[i + 1] >>> 24 === field) return this.entries[i + 1] & maxFrequency;
    }
    return 0;
  }

  positions(field: number): readonly number[] {
    let at = this.positionsAt;
    for (let i = this.from; i < this.to; i += 2) {
      const tf = this.entries[i + 1] & maxFrequency;
      if (this.entries[i + 1] >>> 24 === field) return this.list.positions.slice(at, at + tf);
      at += tf;
    }
    return [];
  }
}
