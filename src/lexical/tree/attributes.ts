import { TandemError } from '../../errors/tandem-error.js';
import type { FilterClause } from '../../query/filter.js';
import type { SortKey } from '../../query/query.js';
import type { BitSet } from '../bit-set.js';
import type { SegmentReader } from '../segment-reader.js';

/** What a query reads of the attributes of the documents of one segment; src/columns has them. */
export interface SegmentAttributes {
  /** Documents that meet a condition, removed ones too; not to be changed. */
  matching(clause: FilterClause): BitSet;
  /** The numbers of an attribute (dates as milliseconds since 1970); undefined where no document of the segment has one. */
  numbers(field: string): NumberAttribute | undefined;
  keywords(field: string): KeywordAttribute | undefined;
}

export interface NumberAttribute {
  /** The least and the greatest value of a document; NaN where it has none. */
  least(doc: number): number;
  greatest(doc: number): number;
  /** Every value of a document, rising. */
  values(doc: number): readonly number[];
}

export interface KeywordAttribute {
  /** The value of a number; numbers go in code-unit order of the values. */
  value(ordinal: number): string;
  /** Ordinals of a document, rising. */
  ordinals(doc: number): readonly number[];
}

/** Where the attributes of an index are, and how its segments are sorted. */
export interface AttributeSource {
  of(segment: SegmentReader): SegmentAttributes;
  /** The order of the documents of a segment; undefined = that of their writing. */
  sortedBy?(segment: SegmentReader): SortKey | undefined;
}

/** An index without attributes: whatever reads one is refused. */
export const noAttributes: AttributeSource = {
  of: () => {
    throw new TandemError('request/invalid', 'this index keeps no attributes to filter, sort or weigh by');
  },
};
