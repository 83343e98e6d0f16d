import { z } from 'zod';
import { documentRowSchema } from '../src/config/rows.js';

/** Shapes of the HTTP interface; /docs is written from them. */

/** Half a surrogate pair has no meaning in UTF-8, so no document could ever hold it. */
const wellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
const text = (longest: number) =>
  z.string().min(1).max(longest).refine(wellFormed, { error: 'text holds half a surrogate pair' });

const country = text(64).optional().describe('country of the person who asks, as in the documents');
const language = z
  .string()
  .regex(/^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,8}$/, { error: 'expected a BCP 47 tag such as en or zh-Hant' })
  .max(35)
  .optional()
  .describe('language of the text; that of the index when absent');

/** Longest query in UTF-16 units, as in query rows. */
const queryText = text(4096).describe('what the person typed');

const field = text(256);
const filterClause = z.union([
  z.strictObject({
    terms: z.strictObject({
      field,
      values: z
        .array(z.union([text(4096), z.number(), z.boolean()]))
        .min(1)
        .max(1000),
    }),
  }),
  z.strictObject({
    range: z.strictObject({ field, min: z.number().optional(), max: z.number().optional() }),
  }),
  z.strictObject({ exists: z.strictObject({ field }) }),
]);

export const searchBody = z.strictObject({
  text: queryText,
  country,
  language,
  k: z.int().min(1).max(1000).default(10).describe('hits wanted'),
  mode: z
    .enum(['hybrid', 'vector', 'token'])
    .optional()
    .describe('hybrid where the index has vectors, otherwise token'),
  filter: z.array(filterClause).max(32).optional().describe('every clause must hold'),
  explain: z.boolean().optional().describe('give the parts of each score'),
  ef: z.int().min(1).max(10_000).optional().describe('breadth of the vector search'),
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
});

export const searchReply = z.object({
  hits: z.array(hit),
  mode: z.enum(['hybrid', 'vector', 'token']),
  took: z.record(z.string(), z.number()).describe('milliseconds by stage'),
  suggestion: z.string().optional().describe('the query as it may have been meant'),
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
  embedding: z.array(z.number()).describe('L2-normalised'),
  channels: z.record(z.string(), z.number()).describe('fusion weight of each channel'),
});

export const documentParams = z.object({ id: text(512) });
/** A document without its id, or with that of the address; attributes that are not named here are kept as they are. */
export const documentBody = documentRowSchema.extend({ id: text(512).optional() });
export const writtenReply = z.object({
  id: z.string(),
  sequence: z.int().describe('number of the commit that holds it'),
});
export const deletedReply = writtenReply.extend({ found: z.boolean().describe('whether it was there') });
export const documentReply = z.looseObject({ id: z.string(), title: z.string() });

export const analyzeBody = z.strictObject({ text: text(65_536), language });

const token = z.object({ term: z.string(), position: z.int(), start: z.int(), end: z.int() });

export const analyzeReply = z.object({
  language: z.string(),
  steps: z.array(z.object({ name: z.string(), tokens: z.array(token) })),
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
});

export const errorReply = z.object({
  code: z.string().describe('one of docs/errors.md'),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** The error replies that every route may give. */
export const errorReplies = { '4xx': errorReply, '5xx': errorReply } as const;
