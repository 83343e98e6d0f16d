import { holdsOperatorWord } from '../../src/query/characters.js';
import { isBareBag } from '../../src/query/combine.js';
import type { Filter } from '../../src/query/filter.js';
import type { BoolQuery, Query } from '../../src/query/query.js';
import { isShouted } from '../../src/query/resolve-tokens.js';
import { endsInBoost, partBoost } from '../../src/query/scan-query.js';
import { quote, writeCondition } from './write-condition.js';

type Bool = BoolQuery['bool'];

/**
 * A query as a canonical query string: parsed again it is the same tree, where a string can say it. A string can not say `operator`, another
 * `minimumShould` than the usual one, several fields of one leaf, places, and text that would be read as an operator: these are written as
 * near to it as can be, to be read by people.
 * @param filter  conditions over all of the query, as parseQueryString gives them
 */
export function formatQuery(query: Query, filter: Filter = []): string {
  const written = formatAll(query, filter, true);
  return isShouted(written) ? formatAll(query, filter, false) : written;
}

/** @param withOr  say alternatives by OR, which is a mere word in a text in capitals */
function formatAll(query: Query, filter: Filter, withOr: boolean): string {
  const conditions = filter.map(writeCondition);
  if (conditions.length === 0 && isBareBag(query)) return query.bag.text;
  if (conditions.length > 0 && 'all' in query) return conditions.join(' ');
  const own =
    'bool' in query && query.bool.boost === undefined
      ? writeBool(query.bool, withOr, conditions.length > 0)
      : writeClause(query, '', withOr);
  return [own, ...conditions].join(' ');
}

/** Clauses side by side: those that must match, then those that may, then those that must not. */
function writeBool(bool: Bool, withOr: boolean, isBeside: boolean): string {
  const { must = [], should = [], mustNot = [] } = bool;
  if (must.length + mustNot.length === 0 && withOr && needsOr(should)) {
    const alternatives = should.map(query => writeClause(query, '', withOr)).join(' OR ');
    return isBeside ? group(alternatives) : alternatives;
  }
  return [
    ...must.map(query => writeClause(query, '+', withOr)),
    ...should.map((query, i) => writeShould(query, should[i - 1], withOr)),
    ...mustNot.map(query => writeClause(query, '-', withOr)),
  ].join(' ');
}

const followsBag = (query: Query, before: Query | undefined): boolean =>
  isBareBag(query) && before !== undefined && isBareBag(before);

/** Words that follow words would be one bag, and a condition beside others must hold. */
const needsOr = (should: readonly Query[]): boolean =>
  should.some((query, i) => 'filter' in query || followsBag(query, should[i - 1]));

function writeShould(query: Query, before: Query | undefined, withOr: boolean): string {
  return followsBag(query, before) && isBareBag(query)
    ? writeBag(query.bag.text, '', '^1')
    : writeClause(query, '', withOr);
}

function writeClause(query: Query, sign: '' | '+' | '-', withOr: boolean): string {
  if ('filter' in query) return writeSigned(query.filter, sign);
  if ('all' in query) return sign === '' ? '*:*' : `${sign}(*:*)`;
  if ('bool' in query) return `${sign}${group(writeBool(query.bool, withOr, false))}${boostOf(query.bool)}`;
  if ('bag' in query) return writeBag(query.bag.text, `${sign}${fieldOf(query.bag)}`, boostOf(query.bag));
  if ('phrase' in query) {
    const { phrase } = query;
    const slop = phrase.slop ? `~${phrase.slop}` : '';
    return `${sign}${fieldOf(phrase)}${quote(phrase.text)}${slop}${boostOf(phrase)}`;
  }
  const [leaf, mark] = 'prefix' in query ? [query.prefix, '*'] : [query.fuzzy, `~${query.fuzzy.edits ?? ''}`];
  const written = `${fieldOf(leaf)}${leaf.text}${mark}${boostOf(leaf)}`;
  return sign === '' || fieldOf(leaf) !== '' || startsWithLetter(leaf.text) ? sign + written : sign + group(written);
}

/** A condition must hold anyway; one that is turned round keeps its own sign. */
function writeSigned(filter: Extract<Query, { filter: unknown }>['filter'], sign: '' | '+' | '-'): string {
  const written = writeCondition(filter);
  if (sign !== '-') return written;
  return 'not' in filter ? `-${group(written)}` : `-${written}`;
}

const fieldOf = ({ fields }: { readonly fields?: readonly string[] }): string =>
  fields === undefined ? '' : `${fields.join(',')}:`;
const boostOf = ({ boost }: { readonly boost?: number }): string => (boost === undefined ? '' : `^${boost}`);

const startsWithLetter = (text: string): boolean => /^\p{L}/u.test(text);

/** Words with what stands before and behind them; in parentheses where they are several or would be read as something else. */
function writeBag(text: string, head: string, boost: string): string {
  if (head + boost === '') return holdsOperatorWord(text) ? group(text) : text;
  const isPlain = !/\s/.test(text) && takesHead(text, head) && (boost === '' || takesBoost(text, head));
  return isPlain ? `${head}${text}${boost}` : `${head}${group(text)}${boost}`;
}

const takesHead = (text: string, head: string): boolean => {
  if (head.endsWith(':')) return partBoost(text).boost === undefined && !/^(?:[("\u201c\u201e[{<>]|\/\/)/.test(text);
  return head === '' || startsWithLetter(text);
};

const takesBoost = (text: string, head: string): boolean =>
  !endsInBoost(text) && !text.endsWith(':') && (head.endsWith(':') || !text.includes(':'));

/** The space keeps a parenthesis that closes the group apart from one that a word opened. */
const group = (inside: string): string => `(${inside}${/\([^\s]*$/.test(inside) ? ' ' : ''})`;
