import { termScore } from '../bm25.js';
import type { PostingIterator, SegmentReader } from '../segment-reader.js';
import { precomputedLengths, type Weighting } from '../weighting.js';
import type { MatchIterator } from './iterator.js';

/** The documents of one segment that hold a term in one of some fields, scored by BM25F over these fields. */
export class TermIterator implements MatchIterator {
  /**
   * @param df  documents of the segment that hold the term, at least
   * @param fields  numbers, rising: the order in which frequencies are added up
   * @param everywhere  whether these are all fields
   */
  constructor(
    private readonly segment: SegmentReader,
    private readonly postings: PostingIterator,
    private readonly weighting: Weighting,
    private readonly weight: number,
    readonly cost: number,
    private readonly fields: readonly number[],
    private readonly everywhere: boolean,
  ) {}

  get doc(): number {
    return this.postings.doc;
  }

  next(): number {
    return this.postings.next();
  }

  advance(target: number): number {
    return this.postings.advance(target);
  }

  confirm(): boolean {
    return this.everywhere || this.fields.some(field => this.postings.frequency(field) > 0);
  }

  score(): number {
    const { postings, segment, weighting } = this;
    let frequency = 0;
    for (const field of this.fields) {
      const tf = postings.frequency(field);
      if (tf > 0) frequency += tf * occurrenceOf(weighting, segment, field, postings.doc);
    }
    return termScore(weighting.k1, this.weight, frequency);
  }
}

/** What one occurrence in a field of a document counts. */
export function occurrenceOf(weighting: Weighting, segment: SegmentReader, field: number, doc: number): number {
  const length = segment.fieldLength(field, doc);
  return length < precomputedLengths ? weighting.table[field][length] : weighting.occurrence(field, length);
}
