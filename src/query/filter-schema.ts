import { z } from 'zod';
import { checkOrThrow, text } from './check-value.js';
import type { Filter, FilterClause } from './filter.js';
import { limits } from './limits.js';
import { boundKind, compareBounds } from './range-bound.js';
import { brokenBound } from './tree-size.js';

/** The name of a field or the path of an attribute. */
export const fieldName = text(limits.name);

const bound = z.union([z.number(), z.string().max(40)], { error: 'expected a number or an ISO 8601 date' }).optional();

const range = z
  .strictObject({ field: fieldName, min: bound, max: bound })
  .superRefine(({ min, max }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    const bounds = [min, max].filter(value => value !== undefined);
    if (bounds.length === 0) refuse('a range has min, max or both');
    else if (bounds.some(value => boundKind(value) === undefined)) refuse('a bound that is a text is an ISO 8601 date');
    else if (new Set(bounds.map(boundKind)).size > 1) refuse('min and max are both numbers or both dates');
    else if (compareBounds(bounds[0], bounds[bounds.length - 1]) > 0) refuse('min is at most max');
  })
  .describe(
    'inclusive bounds over numbers, or over dates where a bound is an ISO 8601 text; whole numbers beyond 2^53 as texts',
  );

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);

const geoBox = z
  .strictObject({ field: fieldName, north: latitude, south: latitude, east: longitude, west: longitude })
  .refine(({ north, south }) => south <= north, 'south is at most north')
  .describe('inclusive; west > east crosses the antimeridian');

/** Documents keep whole numbers beyond 2^53 as text, so that none is taken for its neighbour. */
const exactNumber = z.number().refine(value => !Number.isInteger(value) || Number.isSafeInteger(value), {
  error: 'a whole number beyond 2^53 is not exact: write it as text',
});

const values = z
  .array(z.union([text(limits.units, 0), exactNumber, z.boolean()]))
  .min(1)
  .max(limits.values);

const ignoreCase = z.boolean().optional().describe('compare texts without their case');

/** @param most  values */
const textCondition = (most: number) =>
  z.strictObject({
    field: fieldName,
    values: z.array(text(limits.comparedUnits)).min(1).max(most),
    ignoreCase,
  });

const terms = z
  .strictObject({ field: fieldName, values, ignoreCase })
  .refine(
    ({ values: asked, ignoreCase: folded }) =>
      !folded || asked.every(value => typeof value !== 'string' || value.length <= limits.comparedUnits),
    `with ignoreCase a text has at most ${limits.comparedUnits} characters`,
  );

/** One condition. It recurses: whoever asks it counts the levels first, as `filterSchema` does. */
export const clauseSchema: z.ZodType<FilterClause> = z
  .lazy(() =>
    z.union(
      [
        z.strictObject({ terms }),
        z.strictObject({
          prefix: textCondition(limits.values).describe('a text that begins with one of the values'),
        }),
        z.strictObject({
          like: textCondition(limits.patterns).describe(
            'a text that is as one of the values says: * any characters, ? one character, \\ before them themselves',
          ),
        }),
        z.strictObject({
          words: z
            .strictObject({
              field: fieldName,
              values: z.array(text(limits.units)).min(1).max(limits.values),
            })
            .describe('the words of one of the values, whatever their case, accents and endings'),
        }),
        z.strictObject({ range }),
        z.strictObject({ exists: z.strictObject({ field: fieldName }) }),
        z.strictObject({
          geoDistance: z.strictObject({
            field: fieldName,
            lat: latitude,
            lon: longitude,
            within: z.number().min(0).describe('metres'),
          }),
        }),
        z.strictObject({ geoBox }),
        z.strictObject({
          nested: z
            .strictObject({ path: fieldName, filter: z.array(clauseSchema).min(1).max(limits.conditions) })
            .describe('one object under the path for which every clause holds; the paths of these are inside of it'),
        }),
        z.strictObject({ any: z.array(clauseSchema).min(1).max(limits.clauses) }),
        z.strictObject({ not: clauseSchema }),
      ],
      { error: 'expected one of terms, prefix, like, words, range, exists, geoDistance, geoBox, nested, any, not' },
    ),
  )
  .meta({ id: 'FilterClause' });

/** Filters as people write them, in JSON; every clause must hold. */
export const filterSchema = z.preprocess((value, context) => {
  const broken = Array.isArray(value) ? brokenBound(value) : undefined;
  if (broken === undefined) return value;
  context.addIssue({ code: 'custom', message: broken });
  return z.NEVER;
}, z.array(clauseSchema).max(limits.conditions));

/** @throws TandemError 'search/bad-filter' naming the clause */
export function parseFilter(value: unknown): Filter {
  return checkOrThrow(filterSchema, value, 'search/bad-filter', path => {
    return path === '' ? 'filter' : `filter clause ${path}`;
  });
}
