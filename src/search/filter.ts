import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Filter, FilterClause } from '../query/filter.js';
import { parseFilter } from '../query/filter-schema.js';
import { parseDate } from '../query/iso-date.js';

export { filterSchema, parseFilter } from '../query/filter-schema.js';

/** One clause as a test of one attribute's value; an array holds when one of its elements does. */
export interface CompiledClause {
  readonly field: string;
  test(value: unknown): boolean;
}

function testOne(clause: FilterClause): { field: string; test: (value: unknown) => boolean } {
  if ('terms' in clause) {
    const wanted = new Set<unknown>(clause.terms.values);
    return { field: clause.terms.field, test: value => wanted.has(value) };
  }
  if ('range' in clause) return { field: clause.range.field, test: rangeTest(clause.range) };
  if ('exists' in clause) {
    return { field: clause.exists.field, test: value => value !== undefined && value !== null };
  }
  const [kind] = Object.keys(clause);
  throw new TandemError('search/bad-filter', `${kind}: this index answers terms, range and exists only`);
}

function rangeTest({ min, max }: { min?: number | string; max?: number | string }): (value: unknown) => boolean {
  const overDates = typeof (min ?? max) === 'string';
  const placeOf = (value: unknown): number | undefined => {
    if (typeof value === 'string') return overDates ? parseDate(value) : undefined;
    return typeof value === 'number' && !overDates ? value : undefined;
  };
  const [low, high] = [placeOf(min) ?? Number.NEGATIVE_INFINITY, placeOf(max) ?? Number.POSITIVE_INFINITY];
  return value => {
    const place = placeOf(value);
    return place !== undefined && place >= low && place <= high;
  };
}

/**
 * Compiles once per query. Values are compared as they are: `"5"` is not `5`. An attribute that is absent fits no clause.
 * @throws TandemError 'search/bad-filter'
 */
export function compileFilter(filter: Filter): CompiledClause[] {
  return parseFilter(filter).map(clause => {
    const { field: name, test } = testOne(clause);
    return { field: name, test: value => (Array.isArray(value) ? value.some(test) : test(value)) };
  });
}

/** The value of an attribute; names that every JavaScript object answers to are not attributes. */
export const attribute = (document: DocumentRow, name: string): unknown =>
  Object.hasOwn(document, name) ? document[name] : undefined;

/** Whether every clause holds for the document. */
export const matches = (clauses: readonly CompiledClause[], document: DocumentRow): boolean =>
  clauses.every(clause => clause.test(attribute(document, clause.field)));
