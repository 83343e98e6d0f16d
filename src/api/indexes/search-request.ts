export type { Filter } from '../../query/filter.js';
export { parseFilter } from '../../query/filter-schema.js';
export type { FacetRequest, Query, SortKey } from '../../query/query.js';
export { parseFacets, parseQuery, parseSort } from '../../query/query-schema.js';
export { parseExactJson } from '../../text/exact-json.js';
