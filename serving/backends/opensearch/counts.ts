import type { TextPaths } from '../../../src/columns/attributes.js';
import { collationOf, compareUnits, mostCollated } from '../../../src/columns/collation.js';
import type { GroupValue } from '../../../src/columns/groups.js';
import { shownText } from '../../../src/columns/long-text.js';
import { checkAttribute } from '../../../src/columns/ready-filter.js';
import type { MatchCounts } from '../../../src/lexical/prepared-query.js';
import type { Facet, FacetRequest } from '../../../src/query/query.js';
import type { Json } from './cluster.js';
import { fieldName } from './names.js';
import { type Aggregation, bucketsOf, countsOf, type SearchReply } from './reply.js';
import type { SearchBody } from './search-index.js';
import { unsupported } from './unsupported.js';

/** Values told when a request does not say how many. */
const usualSize = 10;
/** Values that are counted where all of them are needed, and where the most common are: of these more than are told, so that shards agree. */
const mostValues = 50_000;
const spareValues = 1_000;

/**
 * Counts the documents that match, and the values of their attributes.
 * @throws TandemError 'search/bad-filter' for an attribute whose values are not kept
 */
export function countingBody(matching: Json, facets: readonly FacetRequest[], texts: TextPaths): SearchBody {
  for (const { field } of facets) checkAttribute(field, texts);
  return {
    size: 0,
    track_total_hits: true,
    query: matching,
    aggs: Object.fromEntries(facets.map((facet, number) => [`f${number}`, facetAggregation(facet)])),
  };
}

function facetAggregation(facet: FacetRequest): Json {
  const field = fieldName(facet.field);
  const stats = facet.stats && {
    min: { min: { field: `n.${field}` } },
    max: { max: { field: `n.${field}` } },
    minDate: { min: { field: `d.${field}` } },
    maxDate: { max: { field: `d.${field}` } },
  };
  const values = 'ranges' in facet ? { ranges: rangesOf(facet.ranges, field) } : valuesOf(facet, field);
  return { filter: { term: { p: facet.field } }, aggs: { ...stats, ...values } };
}

function valuesOf(
  { size = usualSize, order = 'count' }: Extract<FacetRequest, { size?: number }>,
  field: string,
): Json {
  const terms =
    order === 'value'
      ? { size: mostValues }
      : { size: Math.min(mostValues, size + spareValues), shard_size: mostValues };
  return Object.fromEntries(['k', 'n', 'b'].map(kind => [kind, { terms: { field: `${kind}.${field}`, ...terms } }]));
}

const rangesOf = (ranges: readonly { readonly from?: number; readonly to?: number }[], field: string): Json => ({
  filters: {
    filters: Object.fromEntries(
      ranges.map(({ from, to }, number) => {
        const bounds = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
        const inKind = (kind: string): Json =>
          Object.keys(bounds).length === 0
            ? { exists: { field: `${kind}.${field}` } }
            : { range: { [`${kind}.${field}`]: bounds } };
        return [`r${number}`, { bool: { should: [inKind('n'), inKind('d')] } }];
      }),
    ),
  },
});

/** @param language  in whose order texts stand */
export function readCounts(reply: SearchReply, facets: readonly FacetRequest[], language: string): MatchCounts {
  return {
    total: reply.hits.total?.value ?? 0,
    facets: facets.map((facet, number) => readFacet(facet, reply.aggregations?.[`f${number}`] ?? {}, language)),
  };
}

type Value = string | number | boolean;
type Counted = { readonly value: Value; readonly count: number };

function readFacet(facet: FacetRequest, found: Aggregation, language: string): Facet {
  const inner = (name: string): Aggregation | undefined => found[name] as Aggregation | undefined;
  const documents = found.doc_count ?? 0;
  const stats = facet.stats ? statsOf(inner) : undefined;
  const told = { field: facet.field, documents, ...(stats && { stats }) };
  if ('ranges' in facet) {
    const counts = countsOf(inner('ranges'));
    return { ...told, ranges: facet.ranges.map((range, i) => ({ ...range, count: counts[`r${i}`]?.doc_count ?? 0 })) };
  }
  const counted: Counted[] = [
    ...bucketsOf(inner('k')).map(({ key, doc_count: count }) => ({ value: String(key), count })),
    ...bucketsOf(inner('n')).map(({ key, doc_count: count }) => ({ value: Number(key), count })),
    ...bucketsOf(inner('b')).map(({ key, doc_count: count }) => ({ value: Boolean(Number(key)), count })),
  ];
  const { size = usualSize, order = 'count', collation } = facet;
  const left = ['k', 'n', 'b'].some(kind => (inner(kind)?.sum_other_doc_count ?? 0) > 0);
  const unsure = ['k', 'n', 'b'].some(kind => (inner(kind)?.doc_count_error_upper_bound ?? 0) > 0);
  if ((order === 'value' && left) || unsure)
    throw unsupported(`the values of ${facet.field}: there are more than ${mostValues}`);
  const isCollated = facet.field !== 'id' && counted.length <= mostCollated;
  const compareTexts = (isCollated ? collationOf(language, collation) : undefined)?.compare ?? compareUnits;
  const byValue = (a: Counted, b: Counted): number => compareValues(a.value, b.value, compareTexts);
  counted.sort(order === 'value' ? byValue : (a, b) => b.count - a.count || byValue(a, b));
  const shown = counted.slice(0, size);
  return {
    ...told,
    values: shown.map(({ value, count }) => ({ value: typeof value === 'string' ? shownText(value) : value, count })),
  };
}

function statsOf(inner: (name: string) => Aggregation | undefined): Facet['stats'] {
  const values = (...names: readonly string[]): number[] => names.flatMap(name => inner(name)?.value ?? []);
  const [least, most] = [values('min', 'minDate'), values('max', 'maxDate')];
  return least.length === 0 ? undefined : { min: Math.min(...least), max: Math.max(...most) };
}

/** False, true, numbers rising, texts. */
function compareValues(a: Value, b: Value, compareTexts: (a: string, b: string) => number): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const order = ['boolean', 'number', 'string'];
  const kind = order.indexOf(typeof a) - order.indexOf(typeof b);
  return kind !== 0 ? kind : a < b ? -1 : a > b ? 1 : 0;
}

/** Counts the documents of some groups among those that match. */
export function groupCountsBody(matching: Json, field: string, groups: readonly GroupValue[]): SearchBody {
  const name = fieldName(field);
  const absent = (...kinds: readonly string[]): Json[] => kinds.map(kind => ({ exists: { field: `${kind}.${name}` } }));
  const holds = (group: GroupValue): Json => {
    if (typeof group === 'string') return { term: { [`k.${name}`]: group } };
    if (typeof group === 'number')
      return { bool: { filter: [{ term: { [`n.${name}`]: group } }], must_not: absent('k') } };
    return { bool: { filter: [{ term: { [`b.${name}`]: group } }], must_not: absent('k', 'n') } };
  };
  return {
    size: 0,
    query: matching,
    aggs: { groups: { filters: { filters: Object.fromEntries(groups.map((group, i) => [`g${i}`, holds(group)])) } } },
  };
}

export function readGroupCounts(reply: SearchReply, groups: readonly GroupValue[]): ReadonlyMap<GroupValue, number> {
  const counts = countsOf(reply.aggregations?.groups);
  return new Map(groups.map((group, i) => [group, counts[`g${i}`]?.doc_count ?? 0]));
}
