import type { BitSet } from '../math/bit-set.js';
import type { Collation } from './collation.js';
import type { ReadyClause } from './ready-filter.js';
import type { SortedTexts } from './sorted-texts.js';

/** The attributes of the documents of one segment, by column (doc values): what filters, facets, sorting and score functions read. */
export interface SegmentColumns {
  /** Documents that meet a condition, removed ones too. Kept between calls for immutable segments: do not change it. */
  matching(clause: ReadyClause): BitSet;
  /**
   * Does beforehand what takes long in a clause where attributes are many: reading their words.
   * @yields the characters that were analysed since it last did
   */
  warm?(clause: ReadyClause): Generator<number, void>;
  /** Whether a document has an attribute of this path; removed ones too, but for the id. */
  has(path: string): boolean;
  /** Distinct, in code-unit order. */
  paths(): Iterable<string>;
  /** The same over the objects of lists, each like a document; undefined where there are none. */
  readonly inObjects?: SegmentColumns;
  /**
   * The numbers of an attribute (dates as milliseconds since 1970); undefined where no document of the segment has one.
   * @param kind  those of one kind alone
   */
  numbers(field: string, kind?: 'numbers' | 'dates'): NumberColumn | undefined;
  /** The strings of an attribute; undefined where no document of the segment has one. */
  keywords(field: string): KeywordColumn | undefined;
}

export interface NumberColumn {
  /** The least and the greatest value of a document; NaN where it has none. */
  least(doc: number): number;
  greatest(doc: number): number;
  /** Every value of a document, rising. */
  values(doc: number): readonly number[];
  /** Visits every value of the documents of a set, in the order of the documents. */
  each(docs: BitSet, visit: (value: number, doc: number) => void): void;
}

/** The distinct strings, in code-unit order, and which of them each document has. */
export interface KeywordColumn extends SortedTexts {
  /** By ordinal: its place in the order of a language. Kept between calls for immutable segments: do not change it. */
  ranks(collation: Collation): Uint32Array;
  /** Ordinals of a document, rising. */
  ordinals(doc: number): readonly number[];
  /** Visits every ordinal of the documents of a set, in the order of the documents. */
  each(docs: BitSet, visit: (ordinal: number, doc: number) => void): void;
}
