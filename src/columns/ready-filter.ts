import { TandemError } from '../errors/tandem-error.js';
import type { Filter, FilterClause } from '../query/filter.js';
import { parseDate } from '../query/iso-date.js';
import type { TextPaths } from './attributes.js';
import { indexedUnits } from './long-text.js';

/** `any` and `not` inside one another. */
const deepest = 16;

/**
 * A filter made ready for the columns of all segments: 'now' becomes one moment, and what columns cannot answer is refused before any is asked.
 * @param now  milliseconds since 1970
 * @throws TandemError 'search/bad-filter'
 */
export const readyFilter = (filter: Filter, texts: TextPaths, now: number): Filter =>
  filter.map(clause => readyClause(clause, texts, now));

/** As readyFilter, for one clause. */
export function readyClause(clause: FilterClause, texts: TextPaths, now: number, depth = 1): FilterClause {
  if (depth > deepest) throw badFilter(`nested deeper than ${deepest} levels`);
  if ('any' in clause) return { any: clause.any.map(inner => readyClause(inner, texts, now, depth + 1)) };
  if ('not' in clause) return { not: readyClause(clause.not, texts, now, depth + 1) };
  if ('exists' in clause) return clause;
  const [{ field: asked }] = Object.values(clause);
  checkAttribute(asked, texts);
  if ('terms' in clause) checkTerms(clause.terms, texts);
  if (!('range' in clause)) return clause;
  const { field, min, max } = clause.range;
  const at = (bound: number | string | undefined): number | string | undefined => {
    if (bound === 'now') return new Date(now).toISOString();
    if (typeof bound === 'string' && parseDate(bound) === undefined)
      throw badFilter(`range of ${field}: ${JSON.stringify(bound.slice(0, 64))} is no ISO 8601 date`);
    return bound;
  };
  return { range: { field, min: at(min), max: at(max) } };
}

const badFilter = (message: string): TandemError => new TandemError('search/bad-filter', message);

/**
 * Refuses what is known only to be there: sorting, facets and score functions ask the same.
 * @throws TandemError 'search/bad-filter'
 */
export function checkAttribute(field: string, { unkept }: TextPaths): void {
  if (unkept.has(field))
    throw badFilter(`${field} is not kept as a value: it is searched by its words, or asked for by exists`);
}

function checkTerms(
  { field, values }: { field: string; values: readonly (string | number | boolean)[] },
  { short }: TextPaths,
): void {
  if (!short.has(field) || values.every(value => typeof value !== 'string' || value.length <= indexedUnits)) return;
  throw badFilter(
    `terms of ${field}: texts of more than ${indexedUnits} characters are not kept as values of an indexed field`,
  );
}
