import { isInexact } from '../../../src/columns/large-integers.js';
import { keptText } from '../../../src/columns/long-text.js';
import type { ReadyClause, ReadyFilter } from '../../../src/columns/ready-filter.js';
import { holdsRun, wordRuns } from '../../../src/columns/word-values.js';
import { parseDate } from '../../../src/query/iso-date.js';
import { boundKind } from '../../../src/query/range-bound.js';
import { pathPrefix, type ValueKind, writtenValue } from './attribute-values.js';
import type { Json } from './cluster.js';
import { type Lookups, quoted } from './lookups.js';
import { fieldName } from './names.js';
import { unsupported } from './unsupported.js';

export const everything: Json = { match_all: {} };
export const nothing: Json = { match_none: {} };

/** @param prefix  'o.' over the objects of lists */
export const filterQueries = (filter: ReadyFilter, lookups: Pick<Lookups, 'texts'>, prefix = ''): Json[] =>
  filter.map(clause => clauseQuery(clause, lookups, prefix));

export const anyOf = (queries: readonly Json[]): Json =>
  queries.length === 0
    ? nothing
    : queries.length === 1
      ? queries[0]
      : { bool: { should: queries, minimum_should_match: 1 } };

/** A condition as a cluster is asked it. @throws TandemError 'cluster/unsupported' */
export function clauseQuery(clause: ReadyClause, lookups: Pick<Lookups, 'texts'>, prefix = ''): Json {
  const at = (kind: string): string => prefix + kind;
  if ('any' in clause) return anyOf(clause.any.map(inner => clauseQuery(inner, lookups, prefix)));
  if ('not' in clause) return { bool: { must_not: [clauseQuery(clause.not, lookups, prefix)] } };
  if ('exists' in clause) {
    const { field } = clause.exists;
    return field === 'id' ? everything : { term: { [`${prefix}p`]: field } };
  }
  if ('terms' in clause) return termsQuery(clause.terms.field, clause.terms.values, at);
  if ('like' in clause) {
    const { field, values, ignoreCase = false } = clause.like;
    if (field === 'id') return anyOf(values.map(value => likeQuery('id', '', value, ignoreCase)));
    return anyOf(values.map(value => likeQuery(at('k'), pathPrefix(field), value, ignoreCase)));
  }
  if ('words' in clause) return wordsQuery(clause.words, lookups, at);
  if ('range' in clause) return rangeQuery(clause.range, at);
  if ('nested' in clause) return nestedQuery(clause.nested, lookups, prefix);
  if ('geoDistance' in clause) {
    const { field, lat, lon, within } = clause.geoDistance;
    return { geo_distance: { distance: `${within}m`, [`${at('g')}.${fieldName(field)}`]: { lat, lon } } };
  }
  const { field, north, south, east, west } = clause.geoBox;
  return {
    geo_bounding_box: {
      [`${at('g')}.${fieldName(field)}`]: {
        top_left: { lat: north, lon: west },
        bottom_right: { lat: south, lon: east },
      },
    },
  };
}

type At = (kind: ValueKind | 'g') => string;

function termsQuery(field: string, values: readonly (string | number | boolean)[], at: At): Json {
  const texts = values.filter(value => typeof value === 'string');
  if (field === 'id') return texts.length === 0 ? nothing : { terms: { id: texts } };
  const numbers = values.filter(value => typeof value === 'number');
  const booleans = values.filter(value => typeof value === 'boolean');
  if (numbers.some(isInexact)) throw unsupported('whole numbers beyond 2^53 in a filter; write them as texts');
  return anyOf([
    ...valuesQuery(at('k'), field, texts.map(keptText)),
    ...valuesQuery(at('n'), field, numbers),
    ...valuesQuery(at('b'), field, booleans),
  ]);
}

const valuesQuery = (where: string, path: string, values: readonly (string | number | boolean)[]): Json[] =>
  values.length === 0 ? [] : [{ terms: { [where]: values.map(value => writtenValue(path, value)) } }];

/** Numbers of a path within bounds; without a bound those that there are. @param high  inclusive; `below` is not */
export function numberRange(
  where: string,
  path: string,
  { low, high, below }: { readonly low?: number; readonly high?: number; readonly below?: number },
): Json {
  const bounds = {
    gte: low === undefined ? pathPrefix(path) : writtenValue(path, low),
    // hexadecimal digits stand before it
    ...(high === undefined && below === undefined && { lte: `${pathPrefix(path)}g` }),
    ...(high !== undefined && { lte: writtenValue(path, high) }),
    ...(below !== undefined && { lt: writtenValue(path, below) }),
  };
  return { range: { [where]: bounds } };
}

/** Without their case letters are asked for in each of their spellings: the cluster knows that of ASCII alone. */
function likeQuery(field: string, path: string, pattern: string, ignoreCase: boolean): Json {
  const head = path.replace(/[*?\\]/g, '\\$&');
  if (!ignoreCase) return { wildcard: { [field]: { value: head + pattern } } };
  let regexp = quoted(path);
  const points = Array.from(pattern);
  for (let i = 0; i < points.length; i++) {
    if (points[i] === '*') regexp += '.*';
    else if (points[i] === '?') regexp += '.';
    else regexp += anyCase(points[i] === '\\' && i + 1 < points.length ? points[++i] : points[i]);
  }
  return { regexp: { [field]: { value: regexp, flags: 'NONE', max_determinized_states: 100_000 } } };
}

const anyCase = (point: string): string => {
  const spellings = [...new Set([point, point.toLowerCase(), point.toUpperCase()])].map(quoted);
  return spellings.length === 1 ? spellings[0] : `(${spellings.join('|')})`;
};

function wordsQuery(
  { field, byChain }: Extract<ReadyClause, { words: unknown }>['words'],
  lookups: Pick<Lookups, 'texts'>,
  at: At,
): Json {
  const asked = byChain.flatMap(({ values }) => values);
  if (field === 'id') return { terms: { id: asked } };
  const texts = lookups.texts(field);
  if (texts === undefined)
    throw unsupported(`the words of ${field} in a filter: it has too many different texts; ask for them in the query`);
  const matching = texts.filter(text =>
    byChain.some(({ chain, values }) => {
      const tokens = chain.analyze(text);
      return wordRuns(values, chain).some(run => holdsRun(tokens, run));
    }),
  );
  const numbers = asked.filter(value => value.trim() !== '' && Number.isFinite(Number(value))).map(Number);
  const booleans = asked.filter(value => value === 'true' || value === 'false').map(value => value === 'true');
  return anyOf([
    ...valuesQuery(at('k'), field, matching),
    ...valuesQuery(at('n'), field, numbers),
    ...valuesQuery(at('b'), field, booleans),
  ]);
}

function rangeQuery({ field, min, max }: Extract<ReadyClause, { range: unknown }>['range'], at: At): Json {
  if (field === 'id') return nothing;
  const isNumber = boundKind(min ?? max ?? 0) === 'numbers';
  const boundOf = (bound: number | string | undefined): number | undefined => {
    if (bound === undefined) return undefined;
    const value = isNumber ? Number(bound) : typeof bound === 'string' ? parseDate(bound) : bound;
    if (isNumber && value !== undefined && isInexact(value)) throw unsupported('whole numbers beyond 2^53 as bounds');
    return value;
  };
  const [low, high] = [boundOf(min), boundOf(max)];
  if (low !== undefined && high !== undefined && low > high) return nothing;
  return numberRange(at(isNumber ? 'n' : 'd'), field, { low, high });
}

/** Of a path with several objects each is asked by itself; of one with a single object the document is (src/columns/nested.ts). */
function nestedQuery(
  { path, filter }: Extract<ReadyClause, { nested: unknown }>['nested'],
  lookups: Pick<Lookups, 'texts'>,
  prefix: string,
): Json {
  if (prefix !== '') throw unsupported('objects inside objects of lists in one condition');
  const among = (conditions: readonly Json[]): Json => ({
    nested: { path: 'o', query: { bool: { filter: [{ term: { 'o.path': path } }, ...conditions] } } },
  });
  const alone = {
    bool: {
      filter: [{ prefix: { p: `${path}.` } }, { term: { p: path } }, ...filterQueries(filter, lookups)],
      must_not: [among([])],
    },
  };
  return anyOf([alone, among(filterQueries(filter, lookups, 'o.'))]);
}
