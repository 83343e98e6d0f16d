import { noMoreDocuments, type PostingIterator } from '../segment-reader.js';

/** Several terms as one: the documents that hold any of them, and all places where one stands. */
export class UnionPostings implements PostingIterator {
  doc = -1;

  /** @param postings  at least one, none moved yet */
  constructor(private readonly postings: readonly PostingIterator[]) {}

  next(): number {
    return this.advance(this.doc + 1);
  }

  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    let first = noMoreDocuments;
    for (const each of this.postings) first = Math.min(first, each.doc >= target ? each.doc : each.advance(target));
    this.doc = first;
    return first;
  }

  frequency(field: number): number {
    return this.positions(field).length;
  }

  positions(field: number): readonly number[] {
    const places = new Set<number>();
    for (const each of this.postings) {
      if (each.doc !== this.doc || each.frequency(field) === 0) continue;
      for (const place of each.positions(field)) places.add(place);
    }
    return [...places].sort((a, b) => a - b);
  }
}
