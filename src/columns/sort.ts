import { hasBit } from '../math/bit-set.js';
import type { FieldOrder } from '../query/query.js';
import { type Collation, compareUnits } from './collation.js';
import { compareWhole, isInexact, meantBy } from './large-integers.js';
import type { SegmentColumns } from './segment-columns.js';

/** What sorting needs to know of a segment. */
export interface SortableSegment {
  /** documents, removed ones too */
  readonly documentCount: number;
  readonly columns: SegmentColumns;
  idOf(doc: number): string;
  /** Below 0, 0 or above 0: the code-unit order of the ids of two documents. */
  compareIds(a: number, b: number): number;
}

/** A key as documents are compared by it. */
export interface OrderKey extends FieldOrder {
  /** of texts; by code units when absent */
  readonly collation?: Collation;
}

/** A document of one of several segments. */
export interface PlacedDocument {
  /** of its segment */
  readonly place: number;
  readonly doc: number;
  /** what `_score` sorts by; 0 when absent */
  readonly score?: number;
}

/**
 * What the documents of a segment are sorted by: of several values the least when ascending, the greatest when descending. Numbers and dates stand
 * before texts; true and false are 1 and 0.
 */
interface SortColumn {
  /** NaN where it has none */
  number(doc: number): number;
  /** of its text; -1 where it has none */
  ordinal(doc: number): number;
  /** The place of a text among those of the segment. */
  rank(ordinal: number): number;
  text(ordinal: number): string;
  /** Its number where the double does not say all of it. @param value  the double, for which `isInexact` holds */
  whole(doc: number, value: number): bigint;
}

export type DocumentOrder = (a: PlacedDocument, b: PlacedDocument) => number;

/** Below 0 where the first document comes first. Missing attributes come last in either order; ties by id in code-unit order. */
export function documentOrder(segments: readonly SortableSegment[], keys: readonly OrderKey[]): DocumentOrder {
  const orders = keys.map(key => orderBy(segments, key));
  return (a, b) => {
    for (const order of orders) {
      const difference = order(a, b);
      if (difference !== 0) return difference;
    }
    return compareIds(segments, a, b);
  };
}

/** As documentOrder for one key, with the values of all documents read once: for sorting a segment as a whole. */
export function materialisedOrder(segments: readonly SortableSegment[], key: FieldOrder): DocumentOrder {
  const columns = segments.map(segment => materialise(sortColumn(segment.columns, key), segment.documentCount));
  return (a, b) => compareValues(columns, a, b, key) || compareIds(segments, a, b);
}

function compareIds(segments: readonly SortableSegment[], a: PlacedDocument, b: PlacedDocument): number {
  if (a.place === b.place) return segments[a.place].compareIds(a.doc, b.doc);
  return compareUnits(segments[a.place].idOf(a.doc), segments[b.place].idOf(b.doc));
}

function orderBy(segments: readonly SortableSegment[], key: OrderKey): DocumentOrder {
  if (key.field === '_score') {
    const sign = key.order === 'ascending' ? 1 : -1;
    return ({ score: a = 0 }, { score: b = 0 }) => (a === b ? 0 : a < b ? -sign : sign);
  }
  const columns = segments.map(segment => sortColumn(segment.columns, key));
  return (a, b) => compareValues(columns, a, b, key);
}

/** Kinds in the order in which they stand when ascending. */
const isNumber = 0;
const isText = 1;
const isMissing = 2;

function compareValues(
  columns: readonly SortColumn[],
  a: PlacedDocument,
  b: PlacedDocument,
  { order, collation }: OrderKey,
): number {
  const left = columns[a.place];
  const right = columns[b.place];
  const x = left.number(a.doc);
  const y = right.number(b.doc);
  const sign = order === 'ascending' ? 1 : -1;
  if (x < y) return -sign;
  if (x > y) return sign;
  if (x === y) return isInexact(x) ? sign * compareWhole(left.whole(a.doc, x), right.whole(b.doc, y)) : 0;
  const p = Number.isNaN(x) ? left.ordinal(a.doc) : -1;
  const q = Number.isNaN(y) ? right.ordinal(b.doc) : -1;
  const kind = kindOf(x, p);
  const other = kindOf(y, q);
  if (kind !== other) return kind === isMissing || other === isMissing ? kind - other : sign * (kind - other);
  if (kind === isMissing) return 0;
  if (left === right) return sign * (left.rank(p) - left.rank(q));
  return sign * (collation?.compare ?? compareUnits)(left.text(p), right.text(q));
}

const kindOf = (number: number, ordinal: number): number =>
  !Number.isNaN(number) ? isNumber : ordinal >= 0 ? isText : isMissing;

function sortColumn(columns: SegmentColumns, { field, order, collation }: OrderKey): SortColumn {
  const numbers = columns.numbers(field);
  const keywords = columns.keywords(field);
  const [falses, trues] = [false, true].map(value => columns.matching({ terms: { field, values: [value] } }));
  const ascending = order === 'ascending';
  const [first, second] = ascending ? [falses, trues] : [trues, falses];
  const ranks = collation && keywords?.ranks(collation);
  const rank = (ordinal: number): number => (ranks === undefined ? ordinal : ranks[ordinal]);
  return {
    number: doc => {
      const value = (ascending ? numbers?.least(doc) : numbers?.greatest(doc)) ?? Number.NaN;
      if (!Number.isNaN(value)) return value;
      return hasBit(first, doc) ? (ascending ? 0 : 1) : hasBit(second, doc) ? (ascending ? 1 : 0) : Number.NaN;
    },
    ordinal: doc => {
      const ordinals = keywords?.ordinals(doc) ?? [];
      if (ranks === undefined || ordinals.length < 2) return ordinals.at(ascending ? 0 : -1) ?? -1;
      return ordinals.reduce((best, other) => (rank(other) < rank(best) === ascending ? other : best));
    },
    rank,
    text: ordinal => keywords?.value(ordinal) ?? '',
    whole: (doc, value) => {
      const texts = keywords?.ordinals(doc).map(ordinal => keywords.value(ordinal)) ?? [];
      return meantBy(value, texts).reduce((a, b) => (compareWhole(a, b) < 0 === ascending ? a : b));
    },
  };
}

function materialise(column: SortColumn, documents: number): SortColumn {
  const numbers = new Float64Array(documents);
  const ordinals = new Int32Array(documents);
  for (let doc = 0; doc < documents; doc++) {
    numbers[doc] = column.number(doc);
    ordinals[doc] = column.ordinal(doc);
  }
  return { ...column, number: doc => numbers[doc], ordinal: doc => ordinals[doc] };
}
