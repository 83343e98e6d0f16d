/** Lets the widgets of InstantSearch ask `tandem serve`. docs/shop.md shows it. */

import type { SearchResponse } from '../search/backend.js';
import type { SearchRequest } from '../search/request.js';
import { createClient, type TandemClient } from './client.js';
import { createInsights, type InsightsClient } from './instantsearch/insights.js';
import {
  filterOf,
  type RequestOptions,
  searchRequestOf,
  type WidgetParams,
  type WidgetRequest,
} from './instantsearch/request.js';
import { resultsOf, type WidgetHit, type WidgetResults } from './instantsearch/results.js';
import { type ClientOptions, TandemClientError } from './request.js';

export type {
  ClientOptions,
  InsightsClient,
  RequestOptions,
  SearchRequest,
  TandemClient,
  WidgetHit,
  WidgetParams,
  WidgetRequest,
  WidgetResults,
};

export type SearchClientOptions = RequestOptions &
  (ClientOptions | { readonly client: TandemClient }) & {
    /** of the person, for events; what the insights middleware says when absent */
    readonly session?: string;
    /** of a service of several collections: whether each index of the widgets is the collection of its name (or alias), for pages with several of them */
    readonly collections?: boolean;
    /** told where events could not be sent */
    readonly onEventsLost?: (error: unknown) => void;
  };

/** Values of a facet that hold what was typed. */
export interface FacetValues {
  readonly facetHits: { readonly value: string; readonly highlighted: string; readonly count: number }[];
  readonly exhaustiveFacetsCount: true;
  readonly processingTimeMS: number;
}

/** As version 5 of the client that this one stands in the place of is asked. */
export interface FacetValuesRequest {
  readonly indexName: string;
  readonly facetName: string;
  readonly searchForFacetValuesRequest?: {
    /** of the search whose values are looked through, as of an address */
    readonly params?: string;
    readonly facetQuery?: string;
    readonly maxFacetHits?: number;
  };
}

/** What InstantSearch calls a search client. */
export interface SearchClient {
  search(requests: readonly WidgetRequest[]): Promise<{ results: WidgetResults[] }>;
  searchForFacetValues(requests: readonly WidgetRequest[]): Promise<FacetValues[]>;
  searchForFacetValues(request: FacetValuesRequest): Promise<FacetValues>;
  /** what `insights: { insightsClient }` of InstantSearch takes */
  readonly insightsClient: InsightsClient;
}

/** Searches of one request at most. */
const atOnce = 50;
/** Values that are looked through, and told where a request does not say. */
const mostValues = 1_000;
const usualFacetHits = 10;

/**
 * ```ts
 * const search = instantsearch({ indexName: 'shop', searchClient: createSearchClient({ url: 'http://127.0.0.1:8080' }) });
 * ```
 * Where the service refuses a search, so is what the widgets asked: they show their last results, and InstantSearch fires `error`.
 */
export function createSearchClient(options: SearchClientOptions): SearchClient {
  const clientOf = clientsOf(options);
  const searchBy = async (client: TandemClient, requests: readonly SearchRequest[]): Promise<SearchResponse[]> => {
    const answers: SearchResponse[] = [];
    for (let from = 0; from < requests.length; from += atOnce)
      for (const answer of await client.multiSearch(requests.slice(from, from + atOnce))) {
        if ('error' in answer) throw answer.error;
        answers.push(answer);
      }
    return answers;
  };
  /** Each client is asked once for all that is asked of it. */
  const search = async (asked: readonly Asked[]): Promise<SearchResponse[]> => {
    const byClient = new Map<TandemClient, { readonly request: SearchRequest; readonly place: number }[]>();
    asked.forEach(({ indexName, request }, place) => {
      const client = clientOf(indexName);
      byClient.set(client, [...(byClient.get(client) ?? []), { request, place }]);
    });
    const answers: SearchResponse[] = [];
    await Promise.all(
      Array.from(byClient, async ([client, of]) => {
        const found = await searchBy(
          client,
          of.map(({ request }) => request),
        );
        of.forEach(({ place }, i) => {
          answers[place] = found[i];
        });
      }),
    );
    return answers;
  };
  const valuesOf = async (requests: readonly WidgetRequest[]): Promise<FacetValues[]> => {
    const answers = await search(
      requests.map(({ indexName, params = {} }) => ({ indexName, request: facetRequestOf(params, options) })),
    );
    return answers.map((answer, i) => facetValuesOf(answer, requests[i].params ?? {}));
  };
  function searchForFacetValues(requests: readonly WidgetRequest[]): Promise<FacetValues[]>;
  function searchForFacetValues(request: FacetValuesRequest): Promise<FacetValues>;
  async function searchForFacetValues(
    asked: readonly WidgetRequest[] | FacetValuesRequest,
  ): Promise<FacetValues[] | FacetValues> {
    if (!('facetName' in asked)) return valuesOf(asked);
    const { indexName, facetName, searchForFacetValuesRequest: { params = '', ...of } = {} } = asked;
    const query = new URLSearchParams(params).get('query') ?? '';
    return (await valuesOf([{ indexName, params: { query, facetName, ...of } }]))[0];
  }
  const insights = createInsights(clientOf, options.session, options.onEventsLost);
  return {
    insightsClient: insights.client,
    search: async requests => {
      const answers = await search(
        requests.map(asked => ({ indexName: asked.indexName, request: searchRequestOf(asked, options) })),
      );
      const results = answers.map((answer, i) => resultsOf(requests[i], answer));
      for (const each of results) insights.shown(each);
      return { results };
    },
    searchForFacetValues,
  };
}

interface Asked {
  readonly indexName: string;
  readonly request: SearchRequest;
}

/** Whom what is about an index of the widgets is asked: one client, or one for each collection. */
function clientsOf(options: SearchClientOptions): (indexName: string | undefined) => TandemClient {
  if ('client' in options || options.collections !== true) {
    const client = 'client' in options ? options.client : createClient(options);
    return () => client;
  }
  const clients = new Map<string, TandemClient>();
  return (indexName = '') => {
    const [collection] = indexName.split(':');
    const client = clients.get(collection) ?? createClient({ ...options, collection });
    clients.set(collection, client);
    return client;
  };
}

/** Counts the values of an attribute among the documents that have one with the text in it. */
function facetRequestOf(params: WidgetParams, { request = {}, geoField }: RequestOptions): SearchRequest {
  const { query = '', facetName: field, facetQuery = '' } = params;
  if (field === undefined) throw new TandemClientError('client/bad-request', 'facetName: it is missing', 0);
  const typed = facetQuery.replace(/[\\*?]/g, '\\$&');
  const holding = typed === '' ? [] : [{ like: { field, values: [`*${typed}*`], ignoreCase: true } }];
  return {
    ...request,
    ...(query.trim() === '' ? { query: { all: {} } } : { text: query }),
    mode: 'token',
    k: 1,
    filter: [...(request.filter ?? []), ...filterOf(params, geoField), ...holding],
    facets: [{ field, size: mostValues }],
  };
}

function facetValuesOf({ facets = [], took }: SearchResponse, params: WidgetParams): FacetValues {
  const {
    facetQuery = '',
    maxFacetHits = usualFacetHits,
    highlightPreTag: pre = '<em>',
    highlightPostTag: post = '</em>',
  } = params;
  const typed = facetQuery.toLowerCase();
  const facetHits = (facets[0]?.values ?? []).flatMap(({ value, count }) => {
    const text = String(value);
    const at = text.toLowerCase().indexOf(typed);
    if (at < 0) return [];
    const end = at + typed.length;
    const highlighted =
      typed === '' ? text : `${text.slice(0, at)}${pre}${text.slice(at, end)}${post}${text.slice(end)}`;
    return [{ value: text, highlighted, count }];
  });
  return {
    facetHits: facetHits.slice(0, maxFacetHits),
    exhaustiveFacetsCount: true,
    processingTimeMS: Math.round(took.total ?? 0),
  };
}
