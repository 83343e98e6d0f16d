import type { Facet } from '../../query/query.js';
import type { Hit, SearchResponse } from '../../search/backend.js';
import { mostHits, pageOf, type WidgetParams, type WidgetRequest } from './request.js';

/** A text with its marks, as widgets show it. */
export interface Highlighted {
  readonly value: string;
  readonly matchLevel: 'none' | 'partial' | 'full';
  readonly matchedWords: readonly string[];
}
export type HighlightTree = Highlighted | readonly HighlightTree[] | { readonly [attribute: string]: HighlightTree };

/** A document as widgets show it. */
export type WidgetHit = Readonly<Record<string, unknown>> & {
  readonly objectID: string;
  readonly _highlightResult: Readonly<Record<string, HighlightTree>>;
  readonly _snippetResult: Readonly<Record<string, HighlightTree>>;
};

/** What widgets read of an answer. */
export interface WidgetResults {
  readonly index: string;
  readonly hits: readonly WidgetHit[];
  readonly query: string;
  /** of events, where they were asked for */
  readonly queryID?: string;
  readonly params: string;
  readonly page: number;
  readonly hitsPerPage: number;
  readonly nbHits: number;
  readonly nbPages: number;
  readonly processingTimeMS: number;
  readonly exhaustiveNbHits: true;
  readonly exhaustiveFacetsCount: true;
  readonly facets: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly facets_stats: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
  readonly renderingContent: { readonly redirect?: { readonly url: string } };
  /** what widgets have no place for */
  readonly tandem: Pick<SearchResponse, 'mode' | 'suggestion' | 'rules' | 'warnings'>;
}

/** The answer of the service as widgets take it. */
export function resultsOf({ indexName, params = {} }: WidgetRequest, response: SearchResponse): WidgetResults {
  const { from, size } = pageOf(params);
  const { mode, suggestion, rules, warnings, redirect, facets = [], took } = response;
  const beyond = from >= mostHits;
  const found = size === 0 || beyond ? [] : response.hits;
  const { nbHits, hits } = counted(response.total ?? 0, found, from, size);
  return {
    index: indexName,
    hits: hits.map(hit => hitOf(hit, params)),
    query: params.query ?? '',
    ...(response.queryId !== undefined && { queryID: response.queryId }),
    params: '',
    page: params.page ?? 0,
    hitsPerPage: size,
    nbHits,
    nbPages: size === 0 ? 0 : Math.ceil(Math.min(nbHits, mostHits) / size),
    processingTimeMS: Math.round(took.total ?? 0),
    exhaustiveNbHits: true,
    exhaustiveFacetsCount: true,
    facets: Object.fromEntries(facets.map(({ field, values = [] }) => [field, valuesOf(values)])),
    facets_stats: Object.fromEntries(facets.flatMap(({ field, stats }) => (stats ? [[field, stats]] : []))),
    renderingContent: redirect === undefined ? {} : { redirect: { url: redirect } },
    tandem: { mode, ...(suggestion && { suggestion }), ...(rules && { rules }), ...(warnings && { warnings }) },
  };
}

/**
 * The total is of the documents that the words match. What is near in meaning alone fills the first page where these are too few for it, and none behind.
 */
function counted(
  total: number,
  found: readonly Hit[],
  from: number,
  size: number,
): { nbHits: number; hits: readonly Hit[] } {
  if (total >= size) return { nbHits: total, hits: found.slice(0, Math.max(0, total - from)) };
  const hits = from === 0 ? found : [];
  return { nbHits: size === 0 ? total : Math.max(total, from === 0 ? hits.length : total), hits };
}

const valuesOf = (values: NonNullable<Facet['values']>): Record<string, number> =>
  Object.fromEntries(values.map(({ value, count }) => [String(value), count]));

function hitOf({ id, document, highlights = [] }: Hit, params: WidgetParams): WidgetHit {
  const { highlightPreTag: pre = '<em>', highlightPostTag: post = '</em>' } = params;
  const marks = new Map(highlights.map(({ field, fragments }) => [field, fragments]));
  const mark = (value: unknown, path: string): HighlightTree | undefined => {
    if (typeof value === 'string' || typeof value === 'number')
      return marked(String(value), marks.get(path) ?? marks.get('attributes') ?? [], pre, post);
    if (Array.isArray(value)) return value.map(each => mark(each, path) ?? plain(String(each)));
    if (typeof value !== 'object' || value === null) return undefined;
    return tree(value, path);
  };
  const tree = (value: object, path: string): Record<string, HighlightTree> =>
    Object.fromEntries(
      Object.entries(value).flatMap(([name, each]) => {
        const shown = mark(each, path === '' ? name : `${path}.${name}`);
        return shown === undefined ? [] : [[name, shown]];
      }),
    );
  const shown = tree(document, '');
  return { ...document, objectID: id, _highlightResult: shown, _snippetResult: shown };
}

type Fragment = NonNullable<Hit['highlights']>[number]['fragments'][number];

const plain = (value: string): Highlighted => ({ value, matchLevel: 'none', matchedWords: [] });

/** A text with the marks of the fragments that are part of it. */
function marked(text: string, fragments: readonly Fragment[], pre: string, post: string): Highlighted {
  const spans = fragments.flatMap(fragment => {
    const start = text.indexOf(fragment.text);
    return start < 0 ? [] : fragment.spans.map(([from, to]) => [start + from, start + to] as const);
  });
  if (spans.length === 0) return plain(text);
  let value = '';
  let at = 0;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (from < at) continue;
    value += `${text.slice(at, from)}${pre}${text.slice(from, to)}${post}`;
    at = to;
  }
  return {
    value: value + text.slice(at),
    matchLevel: 'partial',
    matchedWords: [...new Set(spans.map(([from, to]) => text.slice(from, to)))],
  };
}
