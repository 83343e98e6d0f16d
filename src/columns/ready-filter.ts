import { TandemError } from '../errors/tandem-error.js';
import type { Filter, FilterClause } from '../query/filter.js';
import { parseDate } from '../query/iso-date.js';
import { indexedUnits } from './long-text.js';

/** `any` and `not` inside one another. */
const deepest = 16;

/**
 * A filter made ready for the columns of all segments: 'now' becomes one moment, and what columns cannot answer is refused before any is asked.
 * @param texts  paths whose long strings are not kept, see textPaths
 * @param now  milliseconds since 1970
 * @throws TandemError 'search/bad-filter'
 */
export const readyFilter = (filter: Filter, texts: ReadonlySet<string>, now: number): Filter =>
  filter.map(clause => readyClause(clause, texts, now));

/** As readyFilter, for one clause. */
export function readyClause(clause: FilterClause, texts: ReadonlySet<string>, now: number, depth = 1): FilterClause {
  if (depth > deepest) throw badFilter(`nested deeper than ${deepest} levels`);
  if ('any' in clause) return { any: clause.any.map(inner => readyClause(inner, texts, now, depth + 1)) };
  if ('not' in clause) return { not: readyClause(clause.not, texts, now, depth + 1) };
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

function checkTerms(
  { field, values }: { field: string; values: readonly (string | number | boolean)[] },
  texts: ReadonlySet<string>,
): void {
  if (!texts.has(field)) return;
  if (values.every(value => typeof value !== 'string' || value.length <= indexedUnits)) return;
  throw badFilter(
    `terms of ${field}: texts of more than ${indexedUnits} characters are not kept as values of this field`,
  );
}
