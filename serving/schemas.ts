import { z } from 'zod';
import { idSchema } from '../src/config/id.js';
import { documentRowSchema, queryTokens } from '../src/config/rows.js';
import { text } from '../src/query/check-value.js';
import { filterSchema } from '../src/query/filter-schema.js';
import { facetsSchema, querySchema, scoreFunctionsSchema, sortSchema } from '../src/query/query-schema.js';

/** Shapes of the HTTP interface; /docs is written from them. */

const country = text(64).optional().describe('country of the person who asks, as in the documents');
const language = z
  .string()
  .regex(/^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,8}$/, { error: 'expected a BCP 47 tag such as en or zh-Hant' })
  .max(35)
  .optional()
  .describe('language of the text; that of the index when absent');

/** Longest query in UTF-16 units, as in query rows. */
const queryText = text(4096).describe('what the person typed');

const searchFields = z.strictObject({
  text: queryText.optional(),
  tokens: queryTokens.optional().describe('terms that the token side looks up as they are, in place of the text'),
  country,
  language,
  k: z.int().min(1).max(1000).default(10).describe('hits wanted'),
  mode: z
    .enum(['hybrid', 'vector', 'token'])
    .optional()
    .describe('hybrid where the index has vectors, otherwise token'),
  syntax: z
    .enum(['plain', 'query'])
    .optional()
    .describe('query: the text may hold operators, docs/queries.md; a bag of words when absent'),
  query: querySchema.optional().describe('what the token side asks for in place of the text, docs/queries.md'),
  filter: filterSchema.optional().describe('every clause must hold'),
  functions: scoreFunctionsSchema.optional().describe('what multiplies the scores of the token side'),
  fieldWeights: z
    .record(text(256), z.number().min(0).max(1e6))
    .optional()
    .describe('what an occurrence in a field counts, in place of the index’s own'),
  sort: sortSchema.optional().describe('order of the hits in place of the score'),
  facets: facetsSchema.optional().describe('counts over all documents that the token side matches'),
  total: z.boolean().optional().describe('count all documents that the token side matches'),
  highlight: z
    .strictObject({
      fields: z.array(text(256)).min(1).max(32).optional().describe('the indexed ones when absent'),
      fragments: z.int().min(1).max(20).optional(),
      length: z.int().min(20).max(10_000).optional().describe('UTF-16 units of a fragment at most'),
    })
    .optional()
    .describe('show the passages that match'),
  pages: z.boolean().optional().describe('give a cursor for the next page, of up to 1,000 hits in all'),
  explain: z.boolean().optional().describe('give the parts of each score'),
  ef: z.int().min(1).max(10_000).optional().describe('breadth of the vector search'),
  weight: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('of the vectors in mode hybrid, 0: tokens alone rank, 1: vectors alone; that of the index when absent'),
});

export const searchBody = searchFields.refine(
  ({ text: typed, tokens, query, filter, sort, mode }) =>
    typed !== undefined ||
    query !== undefined ||
    filter?.length ||
    sort?.length ||
    (tokens !== undefined && mode === 'token'),
  {
    error: 'text is missing; it may be beside a query, a filter, a sort key, or tokens with mode token',
    path: ['text'],
  },
);

/** What `POST /explain` takes: a document, and what of a search decides scores. */
export const explainBody = searchFields
  .pick({ text: true, language: true, syntax: true, query: true, functions: true, fieldWeights: true })
  .extend({ id: text(512).describe('of the document') });

interface Explained {
  value: number;
  description: string;
  details: Explained[];
}
export const explainReply: z.ZodType<Explained> = z
  .object({
    value: z.number(),
    description: z.string(),
    get details() {
      return z.array(explainReply);
    },
  })
  .meta({ id: 'Explanation' });

export const nextBody = z.strictObject({
  cursor: z.string().min(1).max(64).describe('of the page before'),
  k: z.int().min(1).max(1000).default(10).describe('hits wanted'),
});

const hit = z.object({
  id: z.string(),
  score: z.number(),
  document: z.looseObject({ id: z.string(), title: z.string() }),
  parts: z
    .object({
      token: z.number().optional(),
      vector: z.number().optional(),
      tokenRank: z.int().optional(),
      vectorRank: z.int().optional(),
      channels: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
  highlights: z
    .array(
      z.object({
        field: z.string(),
        fragments: z.array(
          z.object({
            text: z.string(),
            spans: z.array(z.tuple([z.int(), z.int()])).describe('what matches, as offsets in the text'),
          }),
        ),
      }),
    )
    .optional(),
});

const facet = z.object({
  field: z.string(),
  values: z.array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int() })).optional(),
  ranges: z.array(z.object({ from: z.number().optional(), to: z.number().optional(), count: z.int() })).optional(),
  documents: z.int().describe('that have the attribute'),
});
const cursor = z.string().optional().describe('asks POST /search/next for the page behind; absent on the last one');

export const nextReply = z.object({ hits: z.array(hit), cursor });

export const searchReply = z.object({
  hits: z.array(hit),
  mode: z.enum(['hybrid', 'vector', 'token']),
  total: z.int().optional(),
  facets: z.array(facet).optional(),
  cursor,
  took: z.record(z.string(), z.number()).describe('milliseconds by stage'),
  suggestion: z.string().optional().describe('the query as it may have been meant'),
  warnings: z
    .array(z.string())
    .optional()
    .describe(
      'fields that no document has, with the nearest that some have; a text that the model can read nothing in',
    ),
});

export const suggestQueryString = z.strictObject({
  text: queryText,
  language,
  k: z.coerce.number().pipe(z.int().min(1).max(50)).default(10).describe('completions wanted'),
});

export const suggestReply = z.object({
  completions: z.array(
    z.object({
      text: z.string(),
      kind: z.enum(['word', 'title']).describe('word: the last word is completed; title: a document is called so'),
      id: z.string().optional().describe('document of a title'),
    }),
  ),
});

export const embedBody = z.strictObject({ text: queryText, country, language });

export const embedReply = z.object({
  modelId: z.string(),
  width: z.int(),
  embedding: z
    .array(z.number())
    .nullable()
    .describe('L2-normalised; null where the model can read nothing in the text'),
  channels: z.record(z.string(), z.number()).describe('fusion weight of each channel'),
});

export const documentParams = z.object({ id: text(512) });
/** A document without its id, or with that of the address; attributes that are not named here are kept as they are. */
export const documentBody = documentRowSchema.extend({ id: idSchema.optional() });
/** A JSON merge patch (RFC 7396); an id is that of the address. What comes of it is checked as a document. */
export const patchBody = z
  .looseObject({ id: idSchema.optional() })
  .describe('fields that stand in place of those of the document, merged inside objects; null removes one');
export const writtenReply = z.object({
  id: z.string(),
  sequence: z.int().describe('number of the commit that holds it'),
});
export const deletedReply = writtenReply.extend({ found: z.boolean().describe('whether it was there') });
export const documentReply = z.looseObject({ id: z.string(), title: z.string() });

export const analyzeBody = z.strictObject({ text: text(65_536), language });

const span = { term: z.string(), start: z.int(), end: z.int() };
const token = z.object({ ...span, position: z.int(), parts: z.array(z.object(span)).optional() });

export const analyzeReply = z.object({
  language: z.string(),
  steps: z.array(z.object({ name: z.string(), tokens: z.array(token) })),
});

const dictionaryWord = z.strictObject({
  text: text(64).describe('the word as people write it'),
  term: text(255).optional().describe('the term that it becomes; its own text in normal form when absent'),
});
export const dictionaryBody = z.strictObject({ words: z.array(dictionaryWord).max(100_000) });
export const dictionaryReply = z.object({ words: z.array(dictionaryWord) });
export const dictionaryChangedReply = z.object({
  sequence: z.int().describe('number of the commit that holds it'),
  documents: z.int().describe('documents whose terms it changed'),
});

export const liveReply = z.object({ live: z.literal(true) });

export const readyReply = z.object({
  ready: z.literal(true),
  documents: z.int(),
  modelId: z.string().nullable(),
});

export const settingsReply = z.object({
  documents: z.int(),
  modes: z.array(z.enum(['hybrid', 'vector', 'token'])),
  places: z.array(z.object({ country: z.string(), language: z.string().optional() })),
  building: z
    .object({ state: z.enum(['running', 'done', 'failed']), text: z.string(), share: z.number().optional() })
    .optional()
    .describe('what is made behind the service: `tandem up` trains while the tokens answer'),
});

export const errorReply = z.object({
  code: z.string().describe('one of docs/errors.md'),
  message: z.string(),
  remedy: z.string().describe('what to do about it'),
  details: z.record(z.string(), z.unknown()),
});

/** The error replies that every route may give. */
export const errorReplies = { '4xx': errorReply, '5xx': errorReply } as const;
