import { queryTokens } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { TokenIndex } from '../lexical/token-index.js';
import { requirements } from '../lexical/tree/requirements.js';
import type { Filter } from '../query/filter.js';
import { parseFilter } from '../query/filter-schema.js';
import { type ParsedQueryString, parseQueryString } from '../query/parse-query.js';
import type { Query } from '../query/query.js';
import { parseQuery } from '../query/query-schema.js';
import type { SearchMode, SearchRequest } from './backend.js';

/** A request as the sides of a search take it. */
export interface ReadRequest {
  /** `token` also where the hits are sorted, or hybrid has nothing to embed */
  readonly mode: SearchMode;
  /** whether the vector side was asked for with nothing that it could embed */
  readonly nothingToEmbed: boolean;
  /** what the token side asks for */
  readonly question: { readonly query: Query } | { readonly text: string; readonly tokens?: readonly string[] };
  /** what the vector side embeds */
  readonly plain: string;
  /** holds for every hit */
  readonly filter: Filter;
  /** what the query demands of every hit beside the filter, whichever side finds it */
  readonly required?: Query;
}

const refuse = (message: string): never => {
  throw new TandemError('request/invalid', message);
};

function check({ text, query, tokens, filter = [], sort = [], mode, k, ef, weight }: SearchRequest): void {
  const asks = tokens !== undefined || query !== undefined || filter.length > 0 || sort.length > 0;
  if (text.length === 0 && !asks) refuse('text: it is empty, and there is no query, filter or sort key');
  if (tokens !== undefined && !queryTokens.safeParse(tokens).success)
    refuse('tokens: 1 to 1000 terms of 1 to 255 UTF-16 units');
  if (!Number.isInteger(k) || k < 1 || k > 1000) refuse(`k: it must be a whole number in [1, 1000], got ${k}`);
  if (ef !== undefined && (!Number.isInteger(ef) || ef < 1 || ef > 10_000))
    refuse(`ef: it must be a whole number in [1, 10000], got ${ef}`);
  if (weight !== undefined && !(weight >= 0 && weight <= 1)) refuse(`weight: it must be in [0, 1], got ${weight}`);
  if (weight !== undefined && mode !== 'hybrid')
    refuse(`weight: it mixes tokens and vectors, so it goes with mode hybrid, not ${mode}`);
  if (mode === 'vector' && sort.length > 0)
    refuse('sort: vectors know no order but their own; use mode token or hybrid');
}

/**
 * Reads what a request asks for: its query tree, or its text in the language of docs/queries.md, or its text as a bag of words.
 * @throws TandemError 'request/invalid' | 'search/bad-query' | 'search/bad-filter'
 */
export function readRequest(request: SearchRequest, tokens: TokenIndex): ReadRequest {
  check(request);
  const { text, sort = [] } = request;
  const conditions = request.filter === undefined ? [] : parseFilter(request.filter);
  const { query, filter, plain } = readText(request, tokens);
  if (request.mode === 'vector' && text === '') refuse('text: mode vector needs words to embed');
  const read: ReadRequest = {
    mode: sort.length > 0 ? 'token' : request.mode,
    nothingToEmbed: false,
    question: query === undefined ? { text, tokens: request.tokens } : { query },
    plain,
    filter: [...conditions, ...filter],
    required: query && requirements(query),
  };
  if (plain.trim() !== '') return read;
  // a request of operators, a filter or a sort key alone asks for no words, and misses none
  return plain === '' && read.mode === 'hybrid' ? { ...read, mode: 'token' } : withoutEmbedding(read);
}

/** The same where there is nothing to embed: the tokens answer alone, and vectors not at all. */
export const withoutEmbedding = (read: ReadRequest): ReadRequest =>
  read.mode === 'token' ? read : { ...read, mode: read.mode === 'hybrid' ? 'token' : 'vector', nothingToEmbed: true };

/** @returns no query where the text is a bag of words, or terms are given in its place */
function readText(
  { text, syntax, query, tokens }: SearchRequest,
  { fields, hasAttribute }: TokenIndex,
): Omit<ParsedQueryString, 'query'> & { readonly query?: Query } {
  if (query !== undefined) return { query: parseQuery(query), filter: [], plain: text };
  if (tokens !== undefined) return { filter: [], plain: text };
  if (text === '') return { query: { all: {} }, filter: [], plain: '' };
  const asTyped = { filter: [], plain: text };
  if (syntax !== 'query') return asTyped;
  const parsed = parseQueryString(text, { fields, attributes: hasAttribute });
  const isPlain = parsed.filter.length === 0 && 'bag' in parsed.query && parsed.query.bag.text === text;
  return isPlain ? asTyped : parsed;
}
