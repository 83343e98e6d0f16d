import type { SortKey } from '../../../src/query/query.js';
import { pathPrefix, sortScript } from './attribute-values.js';
import type { Json } from './cluster.js';
import type { SearchReply } from './reply.js';
import type { SearchBody } from './search-index.js';
import { unsupported } from './unsupported.js';

/** Documents that are put in the order of a language here, at most. */
export const mostOrdered = 1_000;

/** The order of documents as the cluster has it: texts by their bytes (src/columns/sort.ts has the kinds). */
export function sortClauses(keys: readonly SortKey[]): Json[] {
  const clauses = keys.flatMap(({ field, order }): Json[] => {
    const ascending = order === 'ascending';
    const direction = ascending ? 'asc' : 'desc';
    if (field === '_score') return [{ _score: { order: direction } }];
    if (field === 'id') return [{ id: { order: direction } }];
    // in either order behind numbers and texts, which begin with 0 and 1
    const params = { path: pathPrefix(field), ascending, missing: ascending ? '2' : '' };
    return [{ _script: { type: 'string', order: direction, script: { source: sortScript, params } } }];
  });
  return [...clauses, { id: { order: 'asc' } }];
}

/** Ties by id, as everywhere: where they stand in the cluster may be another place on each copy of a shard. */
export const bestFirst: readonly Json[] = sortClauses([{ field: '_score', order: 'descending' }]);

/** Keys whose texts stand in the order of a language, by which the cluster knows none. */
const collated = (keys: readonly SortKey[]): readonly SortKey[] =>
  keys.filter(({ field, collation }) => field !== '_score' && field !== 'id' && collation !== 'none');

/** A text that is no date and no number. */
const hasText = (field: string): Json => ({
  bool: {
    filter: [{ prefix: { k: pathPrefix(field) } }],
    must_not: [{ prefix: { n: pathPrefix(field) } }, { prefix: { d: pathPrefix(field) } }],
  },
});

/** @param size  documents that are read */
export const sortedBody = (keys: readonly SortKey[], size: number): SearchBody => ({
  size,
  sort: sortClauses(keys),
  track_total_hits: true,
  aggs: Object.fromEntries(collated(keys).map(({ field }, i) => [`x${i}`, { filter: hasText(field) }])),
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
