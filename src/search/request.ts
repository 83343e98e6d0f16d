import { z } from 'zod';
import { longestId } from '../config/id.js';
import { queryTokens } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { mostTelling, text } from '../query/check-value.js';
import { fieldName, filterSchema } from '../query/filter-schema.js';
import { limits } from '../query/limits.js';
import { facetsSchema, querySchema, scoreFunctionsSchema, sortSchema } from '../query/query-schema.js';

/** How a query is answered: both sides fused, the vectors alone, or the token index alone; the best first. */
export const searchModes = ['hybrid', 'vector', 'token'] as const;
export type SearchMode = (typeof searchModes)[number];

/** Hits of one answer at most, and where a request does not say. */
export const mostHits = 1_000;
export const usualHits = 10;

/** Longest query in UTF-16 units, as in query rows. */
export const queryText = text(4096).describe('what the person typed');
export const countryField = text(64).optional().describe('country of the person who asks, as in the documents');
export const languageField = z
  .string()
  .regex(/^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,8}$/, { error: 'expected a BCP 47 tag such as en or zh-Hant' })
  .max(35)
  .optional()
  .describe('language of the text; that of the index when absent');

const highlight = z.strictObject({
  fields: z.array(fieldName).min(1).max(32).optional().describe('the indexed ones when absent'),
  fragments: z.int().min(1).max(20).optional().describe('of a field; 3 when absent'),
  length: z.int().min(20).max(10_000).optional().describe('UTF-16 units of a fragment at most; 160 when absent'),
});

const groupBy = z.strictObject({
  field: fieldName,
  size: z.int().min(1).max(limits.groupSize).optional().describe('hits of a group at most; 1 when absent'),
  count: z.boolean().optional().describe('false: do not count the documents of each group'),
});

const exampleIds = z.array(text(longestId)).min(1).max(32);

/** Pictures of a request, and UTF-16 units of one: the longest request that a service takes has a megabyte. */
const [mostPictures, longestPicture] = [4, 8 * 2 ** 20];

const similar = z.strictObject({
  to: exampleIds
    .optional()
    .describe('ids of documents that the hits are like: what their embeddings and their terms have in common'),
  pictures: z
    .array(text(longestPicture))
    .min(1)
    .max(mostPictures)
    .optional()
    .describe('pictures that the hits look like, as data URIs in base64, where the model reads pictures'),
  not: exampleIds.optional().describe('ids of documents that they are unlike'),
});

/** The fields of a search request. What HTTP, the command line and the library take, check and describe comes from here. */
export const searchFields = z.strictObject({
  text: text(4096, 0)
    .optional()
    .describe('what the person typed; may be left out beside `query`, `tokens`, `filter` or `sort`'),
  tokens: queryTokens
    .optional()
    .describe(
      'terms that the token side looks up as they are, in place of those of the text: `["run", {"term": "shoe", "weight": 0.4}]` ([analysis.md](analysis.md))',
    ),
  similar: similar
    .optional()
    .describe(
      'documents of the index in place of the text: `{"to": ["17", "23"], "not": ["42"]}` finds what is like the first and unlike the others, and none of these',
    ),
  country: countryField,
  language: languageField.describe(
    'language of the text; guessed from those of the documents when absent ([analysis.md](analysis.md))',
  ),
  k: z.int().min(1).max(mostHits).optional().describe(`hits wanted, 1 to ${mostHits}; ${usualHits} when absent`),
  from: z
    .int()
    .min(0)
    .max(mostHits - 1)
    .optional()
    .describe(`hits that are passed over, with \`k\` ${mostHits} at most; 0 when absent`),
  mode: z.enum(searchModes).optional().describe('`hybrid` (default where the index has vectors), `vector`, `token`'),
  syntax: z
    .enum(['plain', 'query'])
    .optional()
    .describe(
      '`query` reads operators in the text ([queries.md](queries.md)); `plain` (default) takes it as a bag of words',
    ),
  typing: z
    .boolean()
    .optional()
    .describe(
      '`true`: the text is being typed, and words that begin as its last one does are asked for too, up to a length of 512; with syntax `plain`',
    ),
  query: querySchema.optional().describe('a tree in place of the text on the token side ([queries.md](queries.md))'),
  filter: filterSchema
    .optional()
    .describe('conditions that hold for every hit, whichever side finds it ([filters.md](filters.md))'),
  functions: scoreFunctionsSchema
    .optional()
    .describe(
      'what multiplies the scores of the token side: `[{"decay": {"field": "released", "shape": "gauss", "origin": "now", "scale": 30}}, {"saturation": {"field": "sales", "pivot": 100, "weight": 2}}]`',
    ),
  fieldWeights: z
    .record(fieldName, z.number().min(0).max(limits.boost))
    .optional()
    .describe(
      'what an occurrence in a field counts, in place of what the index says: `{"title": 1, "description": 0.1}`',
    ),
  sort: sortSchema
    .optional()
    .describe(
      'order of the hits in place of the score, ties by id: `[{"field": "price", "order": "asc"}]` (or `ascending`, `desc`, `descending`; `--sort price:desc`); what has no price comes last',
    ),
  groupBy: groupBy
    .optional()
    .describe(
      'at most `size` (1) hits with the same value of an attribute, such as the variants of a product: `{"field": "product", "size": 2}`; `--group-by product:2`',
    ),
  facets: facetsSchema
    .optional()
    .describe(
      'counts over all documents that the token side matches: `["brand", {"field": "category", "size": 20}, {"field": "price", "ranges": [{"to": 10}, {"from": 10}]}]`',
    ),
  total: z.boolean().optional().describe('`true` counts all documents that the token side matches'),
  highlight: highlight
    .optional()
    .describe(
      '`{}` shows the passages that match, as offsets in the text: `{"fields": ["title"], "fragments": 2, "length": 160}`',
    ),
  pages: z
    .boolean()
    .optional()
    .describe(
      `\`true\` gives a \`cursor\`; \`POST /search/next {"cursor", "k"}\` gives the page behind it, up to ${mostHits.toLocaleString('en')} hits in all`,
    ),
  queryId: z
    .boolean()
    .optional()
    .describe(
      '`true`: the answer of a service has a `queryId`, by which events say what it led to ([shop.md](shop.md#events))',
    ),
  explain: z
    .boolean()
    .optional()
    .describe(
      'what each side gives a hit, also one that the other side found; `POST /explain {"id", "text", ...}` and `tandem explain` say why the token side gave it, part by part',
    ),
  ef: z.int().min(1).max(10_000).optional().describe('breadth of the vector search; that of the index when absent'),
  minCosine: z
    .number()
    .min(-1)
    .max(1)
    .optional()
    .describe(
      'vectors find only documents whose cosine to the query is at least this, in [-1, 1]; in mode `hybrid` tokens may still find others. `explain` shows the cosine of a hit',
    ),
  weight: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('of the vectors in mode `hybrid`, 0 (tokens rank) to 1 (vectors rank); that of the index when absent'),
  rules: z.boolean().optional().describe('`false`: no rule of curation holds ([rules.md](rules.md))'),
  spelling: z
    .boolean()
    .optional()
    .describe(
      'whether words that no document has are mended: corrected, cut and joined; what the index says (`indexing.spelling`) when absent',
    ),
  minScore: z
    .union([z.literal('auto'), z.number()])
    .optional()
    .describe(
      'hits of a lower score are left out, and not counted in `total`; `auto`: what the ranker of the index learnt to be a bad hit ([ranking.md](ranking.md))',
    ),
  diversity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'orders the first 100 hits so that each is good and unlike those before it: 0 (default) by score alone, 1 as unlike as can be; 0.3 is a good start. Needs vectors',
    ),
  ranker: z
    .boolean()
    .optional()
    .describe(
      'whether the ranker of the index orders the best hits of mode `hybrid` anew ([ranking.md](ranking.md)); `true` when absent, `false` beside a `weight`',
    ),
});

type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T;

/** A search as anybody may ask it. */
export type SearchRequest = Deep<z.output<typeof searchFields>>;
export type HighlightRequest = NonNullable<SearchRequest['highlight']>;

/** What of one field depends on another. */
const rules: readonly {
  readonly path: keyof SearchRequest;
  readonly broken: (request: SearchRequest) => string | false;
}[] = [
  {
    path: 'text',
    broken: ({ text: typed = '', tokens, query, filter, sort, similar: examples }) =>
      typed === '' &&
      examples === undefined &&
      tokens === undefined &&
      query === undefined &&
      !filter?.length &&
      !sort?.length &&
      'it is missing or empty, and there is no query, filter, sort key or list of tokens',
  },
  {
    path: 'text',
    broken: ({ mode, text: typed = '', similar: examples }) =>
      mode === 'vector' && typed === '' && examples === undefined && 'mode vector needs words to embed',
  },
  {
    path: 'typing',
    broken: ({ typing, syntax }) => typing === true && syntax === 'query' && 'it goes with words, not with operators',
  },
  {
    path: 'similar',
    broken: ({ similar: examples, text: typed = '', tokens, query }) =>
      examples !== undefined &&
      (typed !== '' || tokens !== undefined || query !== undefined) &&
      'the documents stand in place of a text, a query or tokens',
  },
  {
    path: 'similar',
    broken: ({ similar: examples }) =>
      examples !== undefined &&
      examples.to === undefined &&
      examples.pictures === undefined &&
      'it names neither documents nor pictures that the hits are like',
  },
  {
    path: 'diversity',
    broken: ({ diversity = 0, sort }) => (diversity > 0 && sort?.length ? 'sorted hits keep their order' : false),
  },
  {
    path: 'sort',
    broken: ({ mode, sort }) =>
      mode === 'vector' && sort?.length ? 'vectors know no order but their own; use mode token or hybrid' : false,
  },
  {
    path: 'from',
    broken: ({ from = 0, k = usualHits }) =>
      from + k > mostHits && `with k it is at most ${mostHits}, got ${from} and ${k}`,
  },
  {
    path: 'from',
    broken: ({ from, pages }) => from !== undefined && pages === true && 'the first page begins with the first hit',
  },
  {
    path: 'minScore',
    broken: ({ minScore, sort }) =>
      minScore !== undefined && sort?.length ? 'sorted hits have no score that they could be left out by' : false,
  },
  {
    path: 'minScore',
    broken: ({ minScore, weight, ranker }) =>
      minScore === 'auto' && (ranker ?? weight === undefined) === false
        ? 'auto goes by the ranker, which this request does not want'
        : false,
  },
  {
    path: 'weight',
    broken: ({ mode, weight }) =>
      weight !== undefined &&
      (mode === 'token' || mode === 'vector') &&
      `it mixes tokens and vectors, so it goes with mode hybrid, not ${mode}`,
  },
];

/** The same, with what of one field depends on another. */
export const searchRequestSchema = searchFields.superRefine((request, context) => {
  for (const { path, broken } of rules) {
    const message = broken(request as SearchRequest);
    if (message !== false) context.addIssue({ code: 'custom', message, path: [path] });
  }
});

/** Faults that one error names at most. */
const mostIssues = 10;

/**
 * Checks a request, whichever way it came.
 * @throws TandemError 'request/invalid' naming each field that is wrong, by its path
 */
export function parseSearchRequest(value: unknown): SearchRequest {
  const result = searchRequestSchema.safeParse(value);
  if (result.success) return result.data as SearchRequest;
  const issues = result.error.issues.slice(0, mostIssues).map(issue => {
    const { path, message } = mostTelling(issue);
    return { path: path.map(String).join('.'), message };
  });
  const [{ path, message }] = issues;
  throw new TandemError('request/invalid', path === '' ? message : `${path}: ${message}`, { issues });
}
