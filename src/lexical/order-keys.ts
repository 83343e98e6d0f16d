import { collationOf, mostCollated } from '../columns/collation.js';
import type { OrderKey } from '../columns/sort.js';
import type { SortKey, TextOrder } from '../query/query.js';
import type { SegmentReader } from './segment-reader.js';

/** A key of a request, or a facet of it. */
interface Ordered {
  readonly field: string;
  readonly collation?: TextOrder;
}

/** Fields whose texts are to stand in the order of a language and are too many for that together, see mostCollated; the first ones fit. */
export function uncollated(segments: readonly Pick<SegmentReader, 'columns'>[], keys: readonly Ordered[]): Set<string> {
  const wanted = new Set(keys.flatMap(({ field, collation }) => (collation === 'none' ? [] : [field])));
  const tooMany = new Set<string>();
  let texts = 0;
  for (const field of wanted) {
    if (field === 'id' || field === '_score') continue;
    const more = segments.reduce((sum, { columns }) => sum + (columns.keywords(field)?.count ?? 0), 0);
    if (texts + more > mostCollated) tooMany.add(field);
    else texts += more;
  }
  return tooMany;
}

/** What the texts of each key are put in order by; those that are too many by their code units, as ids are. @param language  BCP 47 */
export function collations(
  segments: readonly Pick<SegmentReader, 'columns'>[],
  keys: readonly Ordered[],
  language: string,
): (key: Ordered) => OrderKey['collation'] {
  const tooMany = uncollated(segments, keys);
  return ({ field, collation }) =>
    field === 'id' || tooMany.has(field) ? undefined : collationOf(language, collation);
}

export function orderKeys(
  segments: readonly Pick<SegmentReader, 'columns'>[],
  sort: readonly SortKey[],
  language: string,
): OrderKey[] {
  const collationFor = collations(segments, sort, language);
  // what no document has orders none; where that is all of it they stand by their ids
  const known = sort.filter(
    ({ field }) => field === 'id' || field === '_score' || segments.some(({ columns }) => columns.has(field)),
  );
  return (known.length === 0 ? sort.slice(0, 1) : known).map(({ field, order, collation }) => ({
    field,
    order,
    collation: collationFor({ field, collation }),
  }));
}
