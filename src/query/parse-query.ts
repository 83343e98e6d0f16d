import { TandemError } from '../errors/tandem-error.js';
import { type Parts, toQuery } from './combine.js';
import type { Filter, FilterClause } from './filter.js';
import { limits } from './limits.js';
import { parseTokens } from './parse-tokens.js';
import type { BoolQuery, Query } from './query.js';
import { type ResolvedToken, resolveTokens } from './resolve-tokens.js';
import { scanQuery } from './scan-query.js';
import { brokenBound } from './tree-size.js';

export interface QueryStringOptions {
  /** indexed text fields */
  readonly fields: readonly string[];
  /** whether an attribute is known; without it ranges are read behind any name, single values behind none */
  readonly attributes?: (name: string) => boolean;
  /** milliseconds since 1970; Date.now() when absent */
  readonly now?: number;
}

export interface ParsedQueryString {
  /** without the conditions that hold for all of it; `all` where there is nothing but them */
  readonly query: Query;
  /** conditions over attributes that every document must meet: those that stand in no OR and in no group with other clauses */
  readonly filter: Filter;
  /** the words of the clauses that are not excluded, in their order, for the vector side */
  readonly plain: string;
}

const minute = 60_000;

/** What every operator has in it; most of what people type has none. */
const operatorSign = /[-+"\u201c\u201e(:*~^]|AND|OR|NOT/;

/**
 * Reads what people type; docs/queries.md is the language. Every string is an answer: what cannot be an operator is text, and a string
 * without any operator is one bag of words, as it was typed. Words side by side bind closest, then AND, then OR.
 * `now` is told to the minute, so that a condition can be kept and found again.
 * @param text  at most 4096 UTF-16 units
 * @throws TandemError 'search/bad-query' where it is longer, has over 256 clauses, or nests deeper than 16
 */
export function parseQueryString(text: string, options: QueryStringOptions): ParsedQueryString {
  if (text.length > limits.units) {
    throw new TandemError('search/bad-query', `query: at most ${limits.units} UTF-16 units, got ${text.length}`);
  }
  const asTyped: ParsedQueryString = { query: { bag: { text } }, filter: [], plain: text };
  if (!operatorSign.test(text)) return asTyped;
  const names = { fields: new Set(options.fields), attributes: options.attributes };
  const now = Math.floor((options.now ?? Date.now()) / minute) * minute;
  const tokens = resolveTokens(scanQuery(text, names, now), text);
  if (tokens.every(isText)) return asTyped;
  const { parts, plain } = parseTokens(tokens);
  const parsed = { ...partConditions(parts), plain };
  const broken = brokenBound([parsed.query, ...parsed.filter]);
  if (broken !== undefined) throw new TandemError('search/bad-query', `query: ${broken}`);
  if (parsed.filter.length > limits.conditions) {
    throw new TandemError('search/bad-query', `query: at most ${limits.conditions} conditions side by side`);
  }
  return parsed;
}

/** Parentheses around words with nothing on them are text. */
const isText = (token: ResolvedToken): boolean =>
  token.kind === 'word' ||
  (token.kind === 'open' && token.sign === '' && token.name === undefined) ||
  (token.kind === 'close' && token.boost === undefined);

/** Takes the conditions that hold for all of the query out of it, also where all of it is one group. */
function partConditions({ must, should, mustNot }: Parts): { query: Query; filter: FilterClause[] } {
  const filter = must.flatMap(query => ('filter' in query ? [query.filter] : []));
  const rest = { must: must.filter(query => !('filter' in query)), should, mustNot };
  if (rest.must.length + should.length + mustNot.length === 0) return { query: { all: {} }, filter };
  const query = toQuery(rest);
  const isGroup = query === rest.must[0] || query === should[0];
  if (!isGroup || !('bool' in query) || query.bool.boost !== undefined) return { query, filter };
  const inner = partConditions(withLists(query.bool));
  return { query: inner.query, filter: [...filter, ...inner.filter] };
}

const withLists = ({ must = [], should = [], mustNot = [] }: BoolQuery['bool']): Parts => ({
  must: [...must],
  should: [...should],
  mustNot: [...mustNot],
});
