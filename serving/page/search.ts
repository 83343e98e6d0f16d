import type { TandemClient } from '../../src/client/index.js';
import type { FilterClause } from '../../src/query/filter.js';
import type { Facet } from '../../src/query/query.js';
import type { Hit, SearchResponse } from '../../src/search/backend.js';
import type { IndexAttribute } from '../../src/search/index-attributes.js';
import type { SearchRequest } from '../../src/search/request.js';
import type { Settings } from './settings.js';
import type { PageState } from './state.js';

export const hitsOfPage = 24;
/** Hits that can be paged to. */
export const mostHits = 1_000;
/** Values of an attribute that are told. */
const mostValues = 50;
const longestShown = 600;

/** What is shown for what was asked. */
export interface Answer extends Pick<SearchResponse, 'mode' | 'took' | 'suggestion' | 'redirect' | 'rules'> {
  readonly hits: readonly Hit[];
  /** documents that the words match; undefined where it is not known, as by vectors alone */
  readonly total: number | undefined;
  /** hits behind these that are near in meaning */
  readonly near: number;
  readonly pages: number;
  /** by attribute */
  readonly facets: ReadonlyMap<string, Facet>;
  readonly warnings: readonly string[];
  readonly partial: readonly string[];
}

/** Whether a text has operators of the query syntax (docs/queries.md). */
export const hasOperators = (text: string): boolean =>
  /(?:^|\s)[+\-!(]\S|["~*^:[\]{}]|\b(?:AND|OR|NOT)\b|&&|\|\|/.test(text);

/** A whole number that a double may stand for others of too: documents have it as the text of its digits. */
const isLarge = (value: string): boolean => /^-?\d+$/.test(value) && !Number.isSafeInteger(Number(value));

/** A document may have the number or the boolean that an address has as text. */
function typed(value: string, kind: IndexAttribute['kind'] | undefined): (string | number | boolean)[] {
  if (kind === 'boolean') return [value === 'true'];
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) && !isLarge(value) ? [value, number] : [value];
}

/** @param attributes  those of the index, by name */
export function filterOf(
  { chosen, ranges }: Pick<PageState, 'chosen' | 'ranges'>,
  attributes: ReadonlyMap<string, IndexAttribute>,
): FilterClause[] {
  const kind = (name: string): IndexAttribute['kind'] | undefined => attributes.get(name)?.kind;
  return [
    ...Object.entries(chosen).map(([field, values]) => ({
      terms: { field, values: values.flatMap(value => typed(value, kind(field))) },
    })),
    ...Object.entries(ranges).flatMap(([field, { min, max }]) => {
      const bound = (written: string | undefined): number | string | undefined =>
        written === undefined || written === '' ? undefined : kind(field) === 'date' ? written : Number(written);
      // a day alone is its first moment
      const [low, high] = [bound(min), bound(max?.replace(/^\d{4}-\d\d-\d\d$/, day => `${day}T23:59:59.999Z`))];
      if (Number.isNaN(low) || Number.isNaN(high) || (low === undefined && high === undefined)) return [];
      return [{ range: { field, ...(low !== undefined && { min: low }), ...(high !== undefined && { max: high }) } }];
    }),
  ];
}

/**
 * What a state asks for: the hits, and for each attribute that is refined by, what else could be chosen there.
 * @param offered  attributes to refine by
 */
export function requestsOf(
  state: PageState,
  settings: Settings,
  offered: readonly IndexAttribute[],
): readonly [SearchRequest, ...SearchRequest[]] {
  const attributes = new Map(settings.attributes.map(each => [each.name, each]));
  const text = state.text.trim();
  const [country, language] = state.place === '' ? [] : state.place.split(' ');
  const mode = state.mode ?? settings.modes[0];
  const words: SearchRequest =
    text === ''
      ? { query: { all: {} }, mode: 'token' }
      : { text, mode, ...(hasOperators(text) ? { syntax: 'query' } : { typing: true }) };
  const asked: SearchRequest = { ...words, ...(country && { country }), ...(language && { language }) };
  const facetOf = ({ name, kind }: IndexAttribute) => ({
    field: name,
    size: kind === 'text' || kind === 'boolean' ? mostValues : 1,
    stats: true,
  });
  const isRefined = ({ name }: IndexAttribute): boolean =>
    Object.hasOwn(state.chosen, name) || Object.hasOwn(state.ranges, name);
  const filter = filterOf(state, attributes);
  const others = offered.filter(isRefined).map((attribute): SearchRequest => {
    const without = <T>({ [attribute.name]: _, ...rest }: Readonly<Record<string, T>>) => rest;
    const rest = { chosen: without(state.chosen), ranges: without(state.ranges) };
    return {
      ...asked,
      ...{ mode: 'token', k: 1, filter: filterOf(rest, attributes), facets: [facetOf(attribute)] },
    };
  });
  const [field, order] = /^(.+):(asc|desc)$/.exec(state.sort)?.slice(1) ?? [];
  const facets = offered.filter(each => !isRefined(each)).map(facetOf);
  const from = Math.min(state.page * hitsOfPage, mostHits - 1);
  const main: SearchRequest = {
    ...asked,
    ...{ from, k: Math.min(hitsOfPage, mostHits - from), total: true, explain: state.inside },
    ...(filter.length > 0 && { filter }),
    ...(facets.length > 0 && { facets }),
    // vectors know no order but their own
    ...(field !== undefined && {
      ...(asked.mode === 'vector' && { mode: 'token' }),
      sort: [{ field, order: order === 'desc' ? 'descending' : 'ascending' }],
    }),
    ...(text !== '' && { highlight: { fragments: 1, length: longestShown } }),
  };
  return [main, ...others];
}

/** Asks for what a state shows. @throws TandemClientError */
export async function askFor(
  client: TandemClient,
  state: PageState,
  settings: Settings,
  offered: readonly IndexAttribute[],
  signal: AbortSignal,
): Promise<Answer> {
  const requests = requestsOf(state, settings, offered);
  const ask = async (): Promise<SearchResponse[]> => {
    if (requests.length === 1) return [await client.search(requests[0], { signal })];
    return (await client.multiSearch(requests, { signal })).map(outcome => {
      if ('error' in outcome) throw outcome.error;
      return outcome;
    });
  };
  const [first, ...others] = await ask();
  const facets = new Map([first, ...others].flatMap(({ facets = [] }) => facets.map(facet => [facet.field, facet])));
  const byMeaning = first.mode === 'hybrid' && first.total === 0 && first.hits.length > 0;
  if (!byMeaning || settings.floor === undefined) return answerOf(first, facets, state.page);
  // nothing arbitrary where no document has the words
  const near = await client.search({ ...requests[0], ...settings.floor, total: false }, { signal });
  return answerOf({ ...near, total: 0 }, facets, state.page);
}

/**
 * The total is of the documents that the words match. What is near in meaning alone fills the first page where these are too few for it, and none behind.
 */
function answerOf(response: SearchResponse, facets: Answer['facets'], page: number): Answer {
  const { mode, took, suggestion, redirect, rules, warnings = [], partial = [] } = response;
  const { hits, total, pages } = counted(response, page);
  const near = total === undefined || page > 0 ? 0 : Math.max(0, hits.length - total);
  const told = { ...(suggestion && { suggestion }), ...(redirect && { redirect }), ...(rules && { rules }) };
  return { mode, took, ...told, hits, total, near, pages, facets, warnings, partial };
}

function counted(
  { mode, hits, total = 0 }: SearchResponse,
  page: number,
): { readonly hits: readonly Hit[]; readonly total: number | undefined; readonly pages: number } {
  if (mode === 'vector') {
    const more = hits.length === hitsOfPage && (page + 1) * hitsOfPage < mostHits;
    return { hits, total: undefined, pages: page + (more ? 2 : 1) };
  }
  const pages = Math.ceil(Math.min(total, mostHits) / hitsOfPage);
  if (total >= hitsOfPage) return { hits: hits.slice(0, Math.max(0, total - page * hitsOfPage)), total, pages };
  const shown = page === 0 ? hits : [];
  return { hits: shown, total, pages: 1 };
}
