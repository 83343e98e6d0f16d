import type { SortKey } from '../../query/query.js';
import type { SegmentReader } from '../segment-reader.js';
import type { AttributeSource } from './attributes.js';

/** What a document is sorted by, key after key; undefined = it has no such attribute. */
export type SortValues = readonly (number | string | undefined)[];

/** The least value of a document where values rise, the greatest where they fall; its numbers before its strings. */
export function sortValuesIn(
  keys: readonly SortKey[],
  attributes: AttributeSource,
  segment: SegmentReader,
): (doc: number, score: number) => SortValues {
  const readers = keys.map(({ field, order }) => {
    if (field === '_score') return (_: number, score: number) => score;
    const columns = attributes.of(segment);
    const [numbers, keywords] = [columns.numbers(field), columns.keywords(field)];
    const names = new Map<number, string>();
    const nameOf = (ordinal: number): string => {
      const name = names.get(ordinal) ?? (keywords?.value(ordinal) as string);
      names.set(ordinal, name);
      return name;
    };
    return (doc: number): number | string | undefined => {
      const number = (order === 'ascending' ? numbers?.least(doc) : numbers?.greatest(doc)) ?? Number.NaN;
      if (!Number.isNaN(number)) return number;
      const ordinal = keywords?.ordinals(doc).at(order === 'ascending' ? 0 : -1);
      return ordinal === undefined ? undefined : nameOf(ordinal);
    };
  });
  return (doc, score) => readers.map(read => read(doc, score));
}

/** Below 0 where `a` comes first. Numbers stand before strings; what is missing comes last in either order. */
export function compareSortValues(keys: readonly SortKey[], a: SortValues, b: SortValues): number {
  for (let i = 0; i < keys.length; i++) {
    const [left, right] = [a[i], b[i]];
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    const rises = compareValues(left, right);
    if (rises !== 0) return keys[i].order === 'ascending' ? rises : -rises;
  }
  return 0;
}

function compareValues(a: number | string, b: number | string): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
