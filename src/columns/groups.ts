import { type BitSet, createBitSet, eachBit, hasBit, intersect, setBit, subtract, unite } from '../math/bit-set.js';
import { lowerBound } from './document-set.js';
import type { SegmentColumns } from './segment-columns.js';

/** What the documents of a group have in common: the value of an attribute, texts as `keptText` gives them. */
export type GroupValue = string | number | boolean;

/**
 * The group of a document of a segment by an attribute: its text, the first one of several by code units; or else its least number; or else its boolean,
 * false before true. undefined where it has none of them.
 */
export function groupColumn(columns: SegmentColumns, field: string): (doc: number) => GroupValue | undefined {
  const keywords = columns.keywords(field);
  const numbers = columns.numbers(field, 'numbers');
  const [falses, trues] = booleansOf(columns, field);
  return doc => {
    const [ordinal] = keywords?.ordinals(doc) ?? [];
    if (ordinal !== undefined) return keywords?.value(ordinal);
    const number = numbers?.least(doc) ?? Number.NaN;
    if (!Number.isNaN(number)) return number;
    return hasBit(falses, doc) ? false : hasBit(trues, doc) ? true : undefined;
  };
}

const booleansOf = (columns: SegmentColumns, field: string): BitSet[] =>
  [false, true].map(value => columns.matching({ terms: { field, values: [value] } }));

/** One segment whose documents are grouped. */
export interface GroupedSegment {
  readonly documentCount: number;
  readonly columns: SegmentColumns;
}

/** Visits documents with their groups, a text by its ordinal; in one pass over each kind of values. */
function eachGroup(
  { documentCount, columns }: GroupedSegment,
  field: string,
  documents: BitSet,
  visit: { text(ordinal: number, doc: number): void; other(value: number | boolean, doc: number): void },
): void {
  const rest = documents.slice();
  const seen = createBitSet(documentCount);
  /** Of the values of a document the first one alone. */
  const first = (tell: (value: number, doc: number) => void) => {
    let last = -1;
    return (value: number, doc: number): void => {
      if (doc === last) return;
      last = doc;
      tell(value, doc);
      setBit(seen, doc);
    };
  };
  columns.keywords(field)?.each(rest, first(visit.text));
  subtract(rest, seen);
  columns.numbers(field, 'numbers')?.each(rest, first(visit.other));
  for (const [value, marked] of booleansOf(columns, field).entries()) {
    subtract(rest, seen);
    const having = rest.slice();
    intersect(having, marked);
    eachBit(having, doc => visit.other(value === 1, doc));
    unite(seen, having);
  }
}

/** Ordinals of those of some groups that are texts of a segment. */
function ordinalsOf({ columns }: GroupedSegment, field: string, groups: Iterable<GroupValue>): Map<number, string> {
  const keywords = columns.keywords(field);
  const ordinals = new Map<number, string>();
  for (const group of groups) {
    if (typeof group !== 'string' || keywords === undefined) continue;
    const ordinal = lowerBound(keywords.count, at => keywords.value(at) < group);
    if (ordinal < keywords.count && keywords.value(ordinal) === group) ordinals.set(ordinal, group);
  }
  return ordinals;
}

/**
 * How many of some documents each of some groups has.
 * @param documents  of the segment
 * @param counts     by group; what is found is added
 */
export function countGroups(
  segment: GroupedSegment,
  field: string,
  documents: BitSet,
  counts: Map<GroupValue, number>,
): void {
  const add = (group: GroupValue | undefined): void => {
    const known = group === undefined ? undefined : counts.get(group);
    if (group !== undefined && known !== undefined) counts.set(group, known + 1);
  };
  const ordinals = ordinalsOf(segment, field, counts.keys());
  eachGroup(segment, field, documents, { text: ordinal => add(ordinals.get(ordinal)), other: add });
}

/** Those of some documents that are in none of some groups. */
export function outsideGroups(
  segment: GroupedSegment,
  field: string,
  documents: BitSet,
  groups: ReadonlySet<GroupValue>,
): BitSet {
  const inside = createBitSet(segment.documentCount);
  const ordinals = ordinalsOf(segment, field, groups);
  eachGroup(segment, field, documents, {
    text: (ordinal, doc) => {
      if (ordinals.has(ordinal)) setBit(inside, doc);
    },
    other: (value, doc) => {
      if (groups.has(value)) setBit(inside, doc);
    },
  });
  const outside = documents.slice();
  subtract(outside, inside);
  return outside;
}
