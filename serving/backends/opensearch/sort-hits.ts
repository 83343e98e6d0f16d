import type { SortKey } from '../../../src/query/query.js';
import type { Json } from './cluster.js';
import { fieldName } from './names.js';
import type { SearchReply } from './reply.js';
import type { SearchBody } from './search-index.js';
import { unsupported } from './unsupported.js';

/** Documents that are put in the order of a language here, at most. */
export const mostOrdered = 1_000;

/** The order of documents as the cluster has it: texts by their bytes (src/columns/sort.ts has the kinds). */
export function sortClauses(keys: readonly SortKey[]): Json[] {
  const clauses = keys.flatMap(({ field, order }): Json[] => {
    const [direction, mode] = order === 'ascending' ? ['asc', 'min'] : ['desc', 'max'];
    if (field === '_score') return [{ _score: { order: direction } }];
    if (field === 'id') return [{ id: { order: direction } }];
    const by = (kind: string, type: string): Json => ({
      [`${kind}.${fieldName(field)}`]: { order: direction, mode, missing: '_last', unmapped_type: type },
    });
    const both = [by('s', 'double'), by('x', 'keyword')];
    return order === 'ascending' ? both : both.reverse();
  });
  return [...clauses, { id: { order: 'asc' } }];
}

/** Keys whose texts stand in the order of a language, by which the cluster knows none. */
const collated = (keys: readonly SortKey[]): readonly SortKey[] =>
  keys.filter(({ field, collation }) => field !== '_score' && field !== 'id' && collation !== 'none');

/** @param size  documents that are read */
export const sortedBody = (keys: readonly SortKey[], size: number): SearchBody => ({
  size,
  sort: sortClauses(keys),
  track_total_hits: true,
  aggs: Object.fromEntries(
    collated(keys).map(({ field }, i) => [`x${i}`, { filter: { exists: { field: `x.${fieldName(field)}` } } }]),
  ),
});

/**
 * Whether the order of the cluster is not that which is wanted, so that all documents must be read to be put in order.
 * @throws TandemError 'cluster/unsupported' where they are too many
 */
export function needsOrder(keys: readonly SortKey[], { aggregations, hits }: SearchReply): boolean {
  const texts = collated(keys).filter((_, i) => (aggregations?.[`x${i}`]?.doc_count ?? 0) > 0);
  if (texts.length === 0) return false;
  const total = hits.total?.value ?? 0;
  if (total > mostOrdered)
    throw unsupported(
      `the order of a language over more than ${mostOrdered} documents (sort by ${texts[0].field}, ${total} documents); "collation": "none" sorts by code points`,
    );
  return true;
}
