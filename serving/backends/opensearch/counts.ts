import type { TextPaths } from '../../../src/columns/attributes.js';
import { collationOf, compareUnits, mostCollated } from '../../../src/columns/collation.js';
import type { GroupValue } from '../../../src/columns/groups.js';
import { shownText } from '../../../src/columns/long-text.js';
import { checkAttribute } from '../../../src/columns/ready-filter.js';
import type { MatchCounts } from '../../../src/lexical/prepared-query.js';
import type { Facet, FacetRequest } from '../../../src/query/query.js';
import { pathPrefix, readNumber, type ValueKind, valueIn, writtenValue } from './attribute-values.js';
import { numberRange } from './clause-query.js';
import type { Json } from './cluster.js';
import { quoted } from './lookups.js';
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
  const { field } = facet;
  const include = `${quoted(pathPrefix(field))}.*`;
  const end = (kind: ValueKind, order: 'asc' | 'desc'): Json => ({
    terms: { field: kind, include, size: 1, order: { _key: order } },
  });
  const stats = facet.stats && {
    ...{ min: end('n', 'asc'), max: end('n', 'desc'), minDate: end('d', 'asc'), maxDate: end('d', 'desc') },
  };
  const values = 'ranges' in facet ? { ranges: rangesOf(facet.ranges, field) } : valuesOf(facet, include);
  return { filter: { term: { p: facet.field } }, aggs: { ...stats, ...values } };
}

function valuesOf(
  { size = usualSize, order = 'count' }: Extract<FacetRequest, { size?: number }>,
  include: string,
): Json {
  const terms =
    order === 'value'
      ? { size: mostValues }
      : { size: Math.min(mostValues, size + spareValues), shard_size: mostValues };
  return Object.fromEntries(['k', 'n', 'b'].map(kind => [kind, { terms: { field: kind, include, ...terms } }]));
}

const rangesOf = (ranges: readonly { readonly from?: number; readonly to?: number }[], field: string): Json => ({
  filters: {
    filters: Object.fromEntries(
      ranges.map(({ from, to }, number) => {
        const inKind = (kind: ValueKind): Json => numberRange(kind, field, { low: from, below: to });
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
    ...bucketsOf(inner('k')).map(({ key, doc_count: count }) => ({ value: valueIn(String(key)), count })),
    ...bucketsOf(inner('n')).map(({ key, doc_count: count }) => ({ value: readNumber(valueIn(String(key))), count })),
    ...bucketsOf(inner('b')).map(({ key, doc_count: count }) => ({ value: valueIn(String(key)) === 'true', count })),
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
  const values = (...names: readonly string[]): number[] =>
    names.flatMap(name => bucketsOf(inner(name)).map(({ key }) => readNumber(valueIn(String(key)))));
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
  const absent = (...kinds: readonly ValueKind[]): Json[] =>
    kinds.map(kind => ({ prefix: { [kind]: pathPrefix(field) } }));
  const holds = (group: GroupValue): Json => {
    const value = writtenValue(field, group);
    if (typeof group === 'string') return { term: { k: value } };
    if (typeof group === 'number') return { bool: { filter: [{ term: { n: value } }], must_not: absent('k') } };
    return { bool: { filter: [{ term: { b: value } }], must_not: absent('k', 'n') } };
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
