import { z } from 'zod';
import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Filter, FilterClause } from './backend.js';

const field = z.string().min(1).max(256);
const bound = z.number().optional();
const clauseSchema = z.union([
  z.strictObject({
    terms: z.strictObject({
      field,
      values: z
        .array(z.union([z.string(), z.number(), z.boolean()]))
        .min(1)
        .max(1024),
    }),
  }),
  z.strictObject({
    range: z
      .strictObject({ field, min: bound, max: bound })
      .refine(({ min, max }) => min !== undefined || max !== undefined, 'a range has min, max or both')
      .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min is at most max'),
  }),
  z.strictObject({ exists: z.strictObject({ field }) }),
]);

/** Filters as people write them, in JSON; every clause must hold. */
export const filterSchema: z.ZodType<Filter> = z.array(clauseSchema).max(64);

/** @throws TandemError 'search/bad-filter' naming the clause */
export function parseFilter(value: unknown): Filter {
  const result = filterSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue.path.length === 0 ? 'filter' : `filter clause ${issue.path.map(String).join('.')}`;
  throw new TandemError('search/bad-filter', `${where}: ${issue.message}`, { path: issue.path });
}

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
  if ('range' in clause) {
    const { field: name, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = clause.range;
    return { field: name, test: value => typeof value === 'number' && value >= min && value <= max };
  }
  return { field: clause.exists.field, test: value => value !== undefined && value !== null };
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
