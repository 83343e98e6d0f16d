import type { FilterClause } from '../../query/filter.js';
import type { FacetRequest, SortKey } from '../../query/query.js';
import type { SearchRequest } from '../../search/request.js';

/** What widgets ask for: the parameters that are read, all others are passed over. */
export interface WidgetParams {
  readonly query?: string;
  /** whether the answer is to have a `queryID` for events */
  readonly clickAnalytics?: boolean;
  readonly page?: number;
  readonly hitsPerPage?: number;
  readonly facets?: string | readonly string[];
  readonly maxValuesPerFacet?: number;
  readonly facetFilters?: FacetFilters;
  readonly numericFilters?: FacetFilters;
  readonly filters?: string;
  readonly attributesToHighlight?: readonly string[];
  readonly attributesToSnippet?: readonly string[];
  readonly highlightPreTag?: string;
  readonly highlightPostTag?: string;
  readonly aroundLatLng?: string;
  readonly aroundRadius?: number | 'all';
  readonly insideBoundingBox?: string | readonly (readonly number[])[] | null;
  readonly facetName?: string;
  readonly facetQuery?: string;
  readonly maxFacetHits?: number;
}

/** Filters of which all must hold; of those in a list within, any. */
type FacetFilters = string | readonly FacetFilters[];

export interface WidgetRequest {
  /** of the index; what stands behind a colon says how it is sorted: `shop:price:asc` */
  readonly indexName: string;
  readonly params?: WidgetParams;
}

/** What is asked beside what widgets ask. */
export interface RequestOptions {
  /** of every search: a filter, a mode, a country, weights */
  readonly request?: SearchRequest;
  /** attributes that `facets: ['*']` stands for */
  readonly facets?: readonly string[];
  /** attribute with the places of documents, `{lat, lon}` */
  readonly geoField?: string;
}

/** Hits that can be paged to. */
export const mostHits = 1_000;
const usualPage = 20;
const usualValues = 100;
const mostValues = 1_000;
const mostFacets = 32;

/** Where a page lies. */
export const pageOf = ({ page = 0, hitsPerPage = usualPage }: WidgetParams): { from: number; size: number } => ({
  from: Math.min(page * hitsPerPage, mostHits),
  size: hitsPerPage,
});

/** A request of widgets as the service takes it. */
export function searchRequestOf({ indexName, params = {} }: WidgetRequest, options: RequestOptions): SearchRequest {
  const { request = {}, geoField } = options;
  const { query = '' } = params;
  const { from, size } = pageOf(params);
  const k = Math.max(1, Math.min(size, mostHits - from));
  const filter = [...(request.filter ?? []), ...filterOf(params, geoField)];
  const sort = sortOf(indexName);
  const facets = facetsOf(params, options);
  const isCounted = size === 0;
  return {
    ...request,
    ...(query.trim() === '' ? { query: { all: {} }, mode: 'token' } : { text: query, typing: true }),
    // counts are those of the words, whatever the mode
    ...(isCounted && { mode: 'token' }),
    ...(from < mostHits ? { from, k } : { from: mostHits - 1, k: 1 }),
    total: true,
    ...(params.clickAnalytics === true && !isCounted && { queryId: true }),
    ...(filter.length > 0 && { filter }),
    ...(sort.length > 0 && { sort }),
    ...(facets.length > 0 && { facets }),
    ...(!isCounted &&
      query.trim() !== '' && { highlight: { fragments: 1, length: longestShown, ...fieldsOf(params) } }),
  };
}

/** Units of a text that are shown with its marks. */
const longestShown = 10_000;

function fieldsOf({ attributesToHighlight: wanted }: WidgetParams): { fields?: readonly string[] } {
  const named = wanted?.filter(name => name !== '*') ?? [];
  return named.length > 0 && named.length === wanted?.length ? { fields: named.slice(0, 32) } : {};
}

/** `shop:price:asc,rating:desc` */
function sortOf(indexName: string): SortKey[] {
  const [, keys = ''] = /^[^:]*:(.+)$/.exec(indexName) ?? [];
  return keys
    .split(',')
    .filter(key => key !== '')
    .map(key => {
      const [, field, order] = /^(.+?)(?::(asc|desc))?$/.exec(key) ?? [key, key];
      return { field, order: order === 'desc' ? 'descending' : 'ascending' };
    });
}

function facetsOf(
  { facets = [], maxValuesPerFacet = usualValues }: WidgetParams,
  options: RequestOptions,
): FacetRequest[] {
  const asked = typeof facets === 'string' ? [facets] : facets;
  const names = asked.flatMap(name => (name === '*' ? (options.facets ?? []) : [name]));
  const size = Math.min(mostValues, Math.max(1, maxValuesPerFacet));
  return [...new Set(names)].slice(0, mostFacets).map(field => ({ field, size, stats: true }));
}

/** @throws Error for what cannot be read */
export function filterOf(params: WidgetParams, geoField?: string): FilterClause[] {
  const { facetFilters = [], numericFilters = [], filters } = params;
  if (filters !== undefined && filters !== '')
    throw new Error('filters: write them as a filter of Tandem, in `request` of createSearchClient (docs/filters.md)');
  return [
    ...allOf(facetFilters).map(one => anyOf(one.map(facetClause))),
    ...allOf(numericFilters).map(one => anyOf(one.map(numericClause))),
    ...geoOf(params, geoField),
  ];
}

/** Filters of which all must hold, each as those of which any must. */
const allOf = (filters: FacetFilters): (readonly string[])[] =>
  (typeof filters === 'string' ? [filters] : filters).map(flat).filter(({ length }) => length > 0);

const flat = (filters: FacetFilters): readonly string[] =>
  typeof filters === 'string' ? [filters] : filters.flatMap(flat);

/** Clauses over the same attribute become one: there may be dozens of values. */
function anyOf(clauses: readonly FilterClause[]): FilterClause {
  if (clauses.length === 1) return clauses[0];
  const terms = clauses.flatMap(clause => ('terms' in clause ? [clause.terms] : []));
  const [{ field } = { field: '' }] = terms;
  if (terms.length === clauses.length && terms.every(each => each.field === field))
    return { terms: { field, values: terms.flatMap(({ values }) => values) } };
  return { any: clauses };
}

/** `brand:HP`; `brand:-HP` for all others, `brand:\-HP` for what is called so. */
function facetClause(written: string): FilterClause {
  const at = written.indexOf(':');
  if (at < 1) throw new Error(`facetFilters: expected "attribute:value", got "${written}"`);
  const field = written.slice(0, at);
  const value = written.slice(at + 1);
  if (value.startsWith('-')) return { not: { terms: { field, values: typedAs(value.slice(1)) } } };
  return { terms: { field, values: typedAs(value.startsWith('\\-') ? value.slice(1) : value) } };
}

/** Widgets know texts alone; a document may have the number or the boolean. */
function typedAs(value: string): (string | number | boolean)[] {
  const values: (string | number | boolean)[] = [value];
  if (value === 'true' || value === 'false') values.push(value === 'true');
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)))
    values.push(number);
  return values;
}

/** `price>=10`, `price:10 TO 20` */
function numericClause(written: string): FilterClause {
  const [, within, low, high] = /^(.+?):\s*(-?[\d.eE+-]+)\s+TO\s+(-?[\d.eE+-]+)$/.exec(written) ?? [];
  if (within !== undefined) return { range: { field: within, min: Number(low), max: Number(high) } };
  const [, field, sign, value] = /^(.+?)\s*(<=|>=|!=|<|>|=)\s*(-?[\d.eE+-]+)$/.exec(written) ?? [];
  const number = Number(value);
  if (field === undefined || Number.isNaN(number))
    throw new Error(`numericFilters: expected "attribute>=number", got "${written}"`);
  switch (sign) {
    case '>=':
      return { range: { field, min: number } };
    case '<=':
      return { range: { field, max: number } };
    case '!=':
      return { not: { terms: { field, values: [number] } } };
    case '=':
      return { terms: { field, values: [number] } };
    // bounds of a range belong to it: the number beside the bound does not
    case '>':
      return { range: { field, min: beside(number, 1) } };
    default:
      return { range: { field, max: beside(number, -1) } };
  }
}

/** The next number that a double holds above (1) or below (-1). */
function beside(number: number, direction: 1 | -1): number {
  if (number === 0) return direction * Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, number);
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(number > 0 ? direction : -direction));
  return bits.getFloat64(0);
}

function geoOf({ aroundLatLng, aroundRadius, insideBoundingBox }: WidgetParams, field = '_geoloc'): FilterClause[] {
  const clauses: FilterClause[] = [];
  if (aroundLatLng !== undefined && typeof aroundRadius === 'number') {
    const [lat, lon] = aroundLatLng.split(',').map(Number);
    clauses.push({ geoDistance: { field, lat, lon, within: aroundRadius } });
  }
  const boxes =
    typeof insideBoundingBox === 'string' ? [insideBoundingBox.split(',').map(Number)] : (insideBoundingBox ?? []);
  const inside = boxes.map(
    ([latA, lonA, latB, lonB]): FilterClause => ({
      geoBox: {
        field,
        north: Math.max(latA, latB),
        south: Math.min(latA, latB),
        west: Math.min(lonA, lonB),
        east: Math.max(lonA, lonB),
      },
    }),
  );
  if (inside.length > 0) clauses.push(anyOf(inside));
  return clauses;
}
