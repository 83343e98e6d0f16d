import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import type { Filter } from '../query/filter.js';

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
