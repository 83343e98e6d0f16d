import { mostCollated } from '../columns/collation.js';
import { nearest } from '../errors/nearest.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { Filter, FilterClause } from '../query/filter.js';
import type { Query } from '../query/query.js';
import { isBound } from '../query/scan-condition.js';
import { namesBeforeColons } from '../query/scan-query.js';
import type { SearchRequest } from './request.js';

/** Warnings of one answer at most. */
const mostWarnings = 10;

type FieldSource = Pick<TokenIndex, 'size' | 'fields' | 'words'>;

/**
 * What a request names and no document has, in words, with the nearest that some have: most likely a slip of the pen, but a field may be one that no
 * document has yet. An index without documents knows no better.
 */
export function fieldWarnings(request: SearchRequest, tokens: FieldSource): string[] {
  if (tokens.size === 0) return [];
  const warnings = new Set<string>();
  const attribute = (place: string, name: string): void => {
    if (name === '_score' || tokens.words.hasAttribute(name)) return;
    warnings.add(`${place}: no document has a field \`${name}\`${meant(name, tokens.words.attributeNames())}`);
  };
  const { filter = [], sort = [], groupBy, facets = [], functions = [], query, highlight, text = '', syntax } = request;
  for (const name of filterFields(filter)) attribute('filter', name);
  for (const { field } of sort) attribute('sort', field);
  if (groupBy !== undefined) attribute('groupBy', groupBy.field);
  for (const { field } of facets) attribute('facets', field);
  const collated = (place: string, keys: Parameters<FieldSource['words']['uncollated']>[0]): void => {
    for (const name of tokens.words.uncollated(keys))
      warnings.add(
        `${place}: \`${name}\` has too many texts to be put in the order of a language (${mostCollated.toLocaleString('en')}); they stand by their code units`,
      );
  };
  collated('sort', sort);
  collated(
    'facets',
    facets.filter(facet => !('ranges' in facet)),
  );
  for (const each of functions) attribute('functions', ('decay' in each ? each.decay : each.saturation).field);
  for (const name of highlight?.fields ?? []) if (!tokens.fields.includes(name)) attribute('highlight', name);
  if (query !== undefined) {
    const { fields, attributes } = queryFields(query);
    for (const name of attributes) attribute('query', name);
    for (const name of fields)
      if (!tokens.fields.includes(name))
        warnings.add(`query: no field \`${name}\` is searched by its words${meant(name, tokens.fields)}`);
  } else if (syntax === 'query') {
    for (const name of namesBeforeColons(text)) {
      const bound = tokens.words.hasAttribute(name) ? comparedWith(text, name) : undefined;
      if (bound !== undefined && !isBound(bound))
        warnings.add(`text: \`${name}:\` is taken as text, for \`${bound}\` is neither a number nor a date`);
      if (tokens.fields.includes(name) || tokens.words.hasAttribute(name)) continue;
      const hint = meant(name, [...tokens.fields, ...tokens.words.attributeNames()]);
      if (hint !== '' || isCompared(text, name))
        warnings.add(`text: \`${name}:\` is taken as text, for no document has that field${hint}`);
    }
  }
  return [...warnings].slice(0, mostWarnings);
}

/** What a field is compared with, as it stands behind its name. */
const comparedWith = (text: string, name: string): string | undefined =>
  /^[<>]=?([^\s)]+)/.exec(text.slice(text.indexOf(`${name}:`) + name.length + 1))?.[1];

/** Whether a range or a comparison stands behind the name: that is no word of a title. */
const isCompared = (text: string, name: string): boolean =>
  /^[<>[{]/.test(text.slice(text.indexOf(`${name}:`) + name.length + 1));

function meant(name: string, known: Iterable<string>): string {
  const guess = nearestName(name, [...known]);
  return guess === undefined ? '' : `; did you mean \`${guess}\`?`;
}

/** The nearest of some names, or the one path whose last part is the name or near it: weight is specs.weight. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  const whole = nearest(name, known);
  if (whole !== undefined) return whole;
  const byEnd = new Map(known.toReversed().map(path => [path.slice(path.lastIndexOf('.') + 1), path]));
  const end = nearest(name.slice(name.lastIndexOf('.') + 1), [...byEnd.keys()]);
  return end === undefined ? undefined : byEnd.get(end);
}

function filterFields(filter: Filter): string[] {
  return filter.flatMap((clause: FilterClause): string[] => {
    if ('any' in clause) return filterFields(clause.any);
    if ('not' in clause) return filterFields([clause.not]);
    if ('nested' in clause) return filterFields(clause.nested.filter).map(name => `${clause.nested.path}.${name}`);
    const [{ field }] = Object.values(clause);
    return [field];
  });
}

function queryFields(query: Query): { readonly fields: readonly string[]; readonly attributes: readonly string[] } {
  if ('filter' in query) return { fields: [], attributes: filterFields([query.filter]) };
  if ('bool' in query) {
    const { must = [], should = [], mustNot = [] } = query.bool;
    const inner = [...must, ...should, ...mustNot].map(queryFields);
    return { fields: inner.flatMap(each => each.fields), attributes: inner.flatMap(each => each.attributes) };
  }
  if ('all' in query) return { fields: [], attributes: [] };
  const [{ fields = [] }] = Object.values(query);
  return { fields, attributes: [] };
}
