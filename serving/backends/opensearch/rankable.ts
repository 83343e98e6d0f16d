import type { Rankable } from '../../../src/search/embedded-backend.js';
import { pathPrefix } from './attribute-values.js';
import { type ClusterParts, fieldNames } from './cluster-parts.js';
import { countsOf } from './reply.js';
import type { SearchBody } from './search-index.js';

/** Attributes that one request asks about. */
const atOnce = 200;

/** What of the documents rankers may look at, in the order in which an index of this machine has it. @throws TandemError 'cluster/*' */
export async function rankableThere({ searched, statistics, meta }: ClusterParts): Promise<Rankable> {
  const { attributes: paths } = await statistics.present();
  const attributes: Rankable['attributes'][number][] = [];
  for (let from = 0; from < paths.length; from += atOnce) {
    const some = paths.slice(from, from + atOnce);
    const [{ aggregations }] = await searched.search([kindsBody(some)]);
    const counts = countsOf(aggregations?.kinds);
    const has = (kind: 'n' | 'd', at: number): boolean => (counts[`${kind}${at}`]?.doc_count ?? 0) > 0;
    for (const [at, path] of some.entries()) {
      if (has('n', at)) attributes.push({ path, kind: 'number' });
      else if (has('d', at)) attributes.push({ path, kind: 'date' });
    }
  }
  return { fields: fieldNames(meta.indexing), attributes };
}

/** Counts the documents with numbers, and those with dates, under each path. */
function kindsBody(paths: readonly string[]): SearchBody {
  const filters = paths.flatMap((path, at) =>
    (['n', 'd'] as const).map(kind => [`${kind}${at}`, { prefix: { [kind]: pathPrefix(path) } }] as const),
  );
  return {
    size: 0,
    track_total_hits: false,
    aggs: { kinds: { filters: { filters: Object.fromEntries(filters) } } },
  };
}
