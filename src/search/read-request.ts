import type { QueryToken } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Question } from '../lexical/question.js';
import type { TokenIndex } from '../lexical/token-index.js';
import { limits } from '../query/limits.js';
import { type ParsedQueryString, parseQueryString, type QueryStringOptions } from '../query/parse-query.js';
import type { Query } from '../query/query.js';
import type { Analyzer } from '../text/analyzer.js';
import type { SearchMode, SearchRequest } from './request.js';
import { softenQuery } from './soften-query.js';

/** A request as the sides of a search take it. */
export interface ReadRequest {
  /** `token` also where the hits are sorted, or hybrid has nothing to embed */
  readonly mode: SearchMode;
  /** whether the vector side was asked for with nothing that it could embed */
  readonly nothingToEmbed: boolean;
  /** what the token side asks for */
  readonly question: Question;
  /** what the vector side embeds */
  readonly plain: string;
  /** what of the text could not be taken as it was written */
  readonly warnings: readonly string[];
}

/**
 * Reads what a request asks for: its query tree, or its text in the language of docs/queries.md, or its text as a bag of words.
 * @param hasVectors  whether there is an embedding to look for, or the index can make one: decides the mode where the request names none
 * @throws TandemError 'request/invalid' | 'search/bad-query'
 */
export function readRequest(request: SearchRequest, tokens: TokenIndex, hasVectors: boolean): ReadRequest {
  const { sort = [], weight, language, functions, fieldWeights, spelling } = request;
  const wanted = request.mode ?? (hasVectors ? 'hybrid' : 'token');
  if (weight !== undefined && wanted !== 'hybrid')
    throw new TandemError(
      'request/invalid',
      `weight: it mixes tokens and vectors, so it goes with mode hybrid, not ${wanted}`,
    );
  const analyzer = tokens.chains.analyzer(language);
  const { plain, filter, warnings = [], ...asked } = readText(request, tokens, analyzer);
  const read: ReadRequest = {
    mode: sort.length > 0 ? 'token' : wanted,
    nothingToEmbed: false,
    question: { ...asked, language, functions, fieldWeights, spelling, filter: [...(request.filter ?? []), ...filter] },
    plain,
    warnings,
  };
  if (plain.trim() !== '' || (request.similar !== undefined && hasVectors)) return read;
  // a request of operators, a filter or a sort key alone asks for no words, and misses none
  return plain === '' && read.mode === 'hybrid' ? { ...read, mode: 'token' } : withoutEmbedding(read);
}

/** The same where there is nothing to embed: the tokens answer alone, and vectors not at all. */
export const withoutEmbedding = (read: ReadRequest): ReadRequest =>
  read.mode === 'token' ? read : { ...read, mode: read.mode === 'hybrid' ? 'token' : 'vector', nothingToEmbed: true };

type ReadText = Pick<ParsedQueryString, 'filter' | 'plain'> &
  Partial<Pick<ReadRequest, 'warnings'>> &
  ({ readonly query: Query } | { readonly text: string; readonly tokens?: readonly QueryToken[] });

/** @returns no query where the text is a bag of words, or terms are given in its place */
function readText(
  { text = '', syntax, query, tokens, typing = false }: SearchRequest,
  { fields, words }: Pick<TokenIndex, 'fields' | 'words'>,
  analyzer: Analyzer,
): ReadText {
  if (query !== undefined) return { query, filter: [], plain: text };
  if (tokens !== undefined) return { text, tokens, filter: [], plain: text };
  if (text === '') return { query: { all: {} }, filter: [], plain: '' };
  const asTyped = { text, filter: [], plain: text };
  if (syntax !== 'query') return typing ? { ...asTyped, ...whileTyped(text) } : asTyped;
  const parsed = parseTyped(text, { fields, attributes: words.hasAttribute });
  if (typeof parsed === 'string') return { ...asTyped, warnings: [`text: ${parsed}; it is taken as plain words`] };
  const isPlain = parsed.filter.length === 0 && 'bag' in parsed.query && parsed.query.bag.text === text;
  return isPlain ? asTyped : { ...parsed, ...softenQuery(parsed.query, analyzer) };
}

/** What a word that begins as the last one does counts beside that. */
const begunShare = 0.5;

/** A longer text, in UTF-16 units, was pasted rather than typed: its last word is whole. */
const longestTyped = 512;

/** The word that a text ends in, which may go on; undefined where there is none of two letters or more. */
export const lastWord = (text: string): string | undefined => /[\p{L}\p{N}]{2,}$/u.exec(text)?.[0];

/** A text whose last word may go on, as a tree. */
function whileTyped(text: string): { readonly query: Query } | { readonly text: string } {
  const last = text.length > longestTyped ? undefined : lastWord(text);
  if (last === undefined) return { text };
  return { query: { bool: { should: [{ bag: { text } }, { prefix: { text: last, boost: begunShare } }] } } };
}

/** @returns the bound that a text of the right length breaks, in words */
function parseTyped(text: string, options: QueryStringOptions): ParsedQueryString | string {
  try {
    return parseQueryString(text, options);
  } catch (error) {
    if (text.length > limits.units || !(error instanceof TandemError) || error.code !== 'search/bad-query') throw error;
    return error.message.replace(/^query: /, '');
  }
}
