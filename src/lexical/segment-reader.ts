import type { SegmentColumns } from '../columns/segment-columns.js';
import type { BitSet } from '../math/bit-set.js';
import type { SortKey } from '../query/query.js';
import type { CountedTerm } from './counted-term.js';
import type { SegmentWords } from './segment-words.js';

/** What an iterator stands at when there is nothing more. */
export const noMoreDocuments = 2 ** 31 - 1;

/** The documents of one segment that hold a term, in rising order; removed ones too: ask `isLive`. */
export interface PostingIterator {
  /** number of the present document within its segment; -1 before the first, `noMoreDocuments` behind the last */
  readonly doc: number;
  /** @returns `doc` after the step */
  next(): number;
  /** Goes to the first document from `target` on; never goes back. @returns `doc` */
  advance(target: number): number;
  /** Occurrences in a field of the present document. */
  frequency(field: number): number;
  /** Positions of these occurrences, rising; read from their own stream only when asked. Valid until the iterator moves. */
  positions(field: number): readonly number[];
}

/** One segment as queries see it, whatever its form: documents are numbered from 0, fields in the order of their names. */
export interface SegmentReader {
  /** documents, removed ones too */
  readonly documentCount: number;
  readonly fieldCount: number;
  readonly columns: SegmentColumns;
  /** undefined where it was written before words were kept */
  readonly words: SegmentWords | undefined;
  /** the key in whose order the documents are numbered, ties by id; null = in the order in which they came */
  readonly sortedBy: SortKey | null;
  isLive(doc: number): boolean;
  /** The living of a set of its documents: a copy, or the set itself where none is removed. */
  living(docs: BitSet): BitSet;
  idOf(doc: number): string;
  /** Below 0, 0 or above 0: the code-unit order of the ids of two documents. */
  compareIds(a: number, b: number): number;
  /** number of the live document of an id; -1 where there is none */
  find(id: string): number;
  /** terms in a field of a document, exact */
  fieldLength(field: number, doc: number): number;
  /** live documents that hold the term, in any field */
  documentFrequency(term: string): number;
  postings(term: string): PostingIterator | undefined;
  /** Takes back an iterator of its own that nobody uses any more; need not be called. */
  release(postings: PostingIterator): void;
  /** Terms that begin with a prefix, in the order of their code points; also terms that only removed documents hold. */
  terms(prefix: string): IterableIterator<string>;
  /** The most frequent terms that begin with a prefix, most first; an immutable segment counts removed documents too. */
  frequentTerms(prefix: string, most: number): CountedTerm[];
  /**
   * Terms at most so many edits away, in the order of their code points: insertion, deletion, substitution of a character, or
   * swapping two neighbours (optimal string alignment distance).
   * @param distance  0, 1 or 2
   */
  fuzzy(term: string, distance: number): readonly string[];
}
