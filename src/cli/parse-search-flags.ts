import {
  type FacetRequest,
  type Filter,
  parseExactJson,
  parseFacets,
  parseFilter,
  parseQuery,
  parseSort,
  type Query,
  type SortKey,
} from '../api/indexes/search-request.js';
import type { ErrorCode } from '../errors/table.js';
import { TandemError } from '../errors/tandem-error.js';

/** The filter of `--filter JSON`. @throws TandemError 'search/bad-filter' */
export const parseFilterFlag = (text: string): Filter => parseFilter(parseJson('filter', text, 'search/bad-filter'));

/** The tree of `--query JSON`. @throws TandemError 'search/bad-query' */
export const parseQueryFlag = (text: string): Query => parseQuery(parseJson('query', text, 'search/bad-query'));

/** The keys of `--sort price,rating:descending,name:asc:numeric`. @throws TandemError 'search/bad-query' */
export const parseSortFlag = (text: string): SortKey[] =>
  parseSort(
    text.split(',').map(part => {
      const [, field, order = 'ascending', collation] = /^(.*?)(?::(\w+)(?::(\w+))?)?$/s.exec(part) as RegExpExecArray;
      return { field, order, collation };
    }),
  );

/** The facets of `--facets brand,colour`. @throws TandemError 'search/bad-query' */
export const parseFacetsFlag = (text: string): FacetRequest[] => parseFacets(text.split(','));

/** The groups of `--group-by product` or `product:3`. @throws TandemError 'search/bad-query' */
export function parseGroupFlag(text: string): { field: string; size?: number } {
  const [, field, size] = /^(.*?)(?::(\d+))?$/s.exec(text) as RegExpExecArray;
  return { field, ...(size !== undefined && { size: Number(size) }) };
}

function parseJson(flag: string, text: string, code: ErrorCode): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new TandemError(code, `--${flag}: not JSON (${(error as Error).message})`);
  }
}
