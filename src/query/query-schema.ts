import { z } from 'zod';
import { checkOrThrow, text } from './check-value.js';
import { clauseSchema, fieldName } from './filter-schema.js';
import { parseDate } from './iso-date.js';
import { limits } from './limits.js';
import type { FacetRequest, Query, ScoreFunction, SortKey } from './query.js';
import { brokenBound } from './tree-size.js';

const boost = z.number().gt(0).max(limits.boost).optional();
const leaf = {
  text: text(limits.units),
  fields: z.array(fieldName).min(1).max(limits.values).optional().describe('all indexed ones when absent'),
  boost,
};

const list = () => z.array(nodeSchema).max(limits.clauses).optional();
const nodeSchema: z.ZodType<Query> = z
  .lazy(() =>
    z.union(
      [
        z.strictObject({ bag: z.strictObject({ ...leaf, operator: z.enum(['any', 'all']).optional() }) }),
        z.strictObject({
          phrase: z.strictObject({ ...leaf, slop: z.int().min(0).max(limits.slop).optional() }),
        }),
        z.strictObject({ prefix: z.strictObject(leaf) }),
        z.strictObject({
          fuzzy: z.strictObject({ ...leaf, edits: z.literal([0, 1, 2]).optional() }),
        }),
        z.strictObject({ all: z.strictObject({}) }),
        z.strictObject({ filter: clauseSchema }),
        z.strictObject({
          bool: z.strictObject({
            must: list(),
            should: list(),
            mustNot: list(),
            minimumShould: z.int().min(0).max(limits.clauses).optional(),
            boost,
          }),
        }),
      ],
      { error: 'expected one of bag, phrase, prefix, fuzzy, all, filter, bool' },
    ),
  )
  .meta({ id: 'Query' });

/** A query as a tree, in JSON; unknown keys are refused, and so is one that is too deep or too wide. */
export const querySchema = z.preprocess((value, context) => {
  const broken = brokenBound([value]);
  if (broken === undefined) return value;
  context.addIssue({ code: 'custom', message: broken });
  return z.NEVER;
}, nodeSchema);

const weight = z.number().min(0).max(limits.boost).optional();
const positive = z.number().gt(0);
const origin = z.union([
  z.number(),
  z
    .string()
    .max(40)
    .refine(value => value === 'now' || parseDate(value) !== undefined, 'expected an ISO 8601 date or now'),
]);

export const scoreFunctionSchema: z.ZodType<ScoreFunction> = z.union(
  [
    z.strictObject({
      decay: z.strictObject({
        field: fieldName,
        shape: z.enum(['gauss', 'exponential', 'linear']),
        origin: origin.describe('a number, an ISO 8601 date or now'),
        scale: positive.describe('days where the origin is a date'),
        offset: z.number().min(0).optional(),
        at: z.number().gt(0).lt(1).optional().describe('f at the distance scale; 0.5 when absent'),
        weight,
      }),
    }),
    z.strictObject({ saturation: z.strictObject({ field: fieldName, pivot: positive, weight }) }),
  ],
  { error: 'expected one of decay, saturation' },
);
export const scoreFunctionsSchema = z.array(scoreFunctionSchema).max(limits.functions);

const order = z
  .enum(['ascending', 'descending', 'asc', 'desc'])
  .transform((written): SortKey['order'] =>
    written === 'asc' ? 'ascending' : written === 'desc' ? 'descending' : written,
  );

const collation = z
  .enum(['language', 'numeric', 'none'])
  .optional()
  .describe('of texts: as the language does (when absent), with 2 before 10, or by code units');

export const sortSchema: z.ZodType<SortKey[]> = z
  .array(z.strictObject({ field: fieldName, order, collation }))
  .max(limits.sortKeys);

const facetRange = z
  .strictObject({ from: z.number().optional(), to: z.number().optional() })
  .refine(({ from, to }) => from !== undefined || to !== undefined, 'a range has from, to or both')
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from is below to');

const facetObject = z
  .strictObject({
    field: fieldName,
    size: z.int().min(1).max(limits.facetSize).optional().describe('10 when absent'),
    order: z.enum(['count', 'value']).optional().describe('the most common first (when absent), or by value'),
    collation,
    ranges: z.array(facetRange).min(1).max(limits.facetRanges).optional(),
    stats: z.boolean().optional().describe('`true`: the least and the greatest number too'),
  })
  .refine(
    ({ size, order: by, collation: texts, ranges }) => ranges === undefined || (size ?? by ?? texts) === undefined,
    'a facet has ranges or size, order and collation, not both',
  );
/** A path alone stands for the facet of its attribute. */
export const facetRequestSchema: z.ZodType<FacetRequest> = z.preprocess(
  written => (typeof written === 'string' ? { field: written } : written),
  facetObject,
);
export const facetsSchema = z.array(facetRequestSchema).max(limits.facets);

const placeIn =
  (root: string) =>
  (path: string): string =>
    path === '' ? root : `${root}.${path}`;

/** @throws TandemError 'search/bad-query' naming the path */
export const parseQuery = (value: unknown): Query =>
  checkOrThrow(querySchema, value, 'search/bad-query', placeIn('query'));

/** @throws TandemError 'search/bad-query' naming the path */
export const parseScoreFunctions = (value: unknown): ScoreFunction[] =>
  checkOrThrow(scoreFunctionsSchema, value, 'search/bad-query', placeIn('functions'));

/** @throws TandemError 'search/bad-query' naming the path */
export const parseSort = (value: unknown): SortKey[] =>
  checkOrThrow(sortSchema, value, 'search/bad-query', placeIn('sort'));

/** @throws TandemError 'search/bad-query' naming the path */
export const parseFacets = (value: unknown): FacetRequest[] =>
  checkOrThrow(facetsSchema, value, 'search/bad-query', placeIn('facets'));
