import { z } from 'zod';
import { documentRowSchema, queryTokens } from '../src/config/rows.js';
import { text } from '../src/query/check-value.js';
import { filterSchema } from '../src/query/filter-schema.js';

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
  filter: filterSchema.optional().describe('every clause must hold'),
  explain: z.boolean().optional().describe('give the parts of each score'),
  ef: z.int().min(1).max(10_000).optional().describe('breadth of the vector search'),
});

export const searchBody = searchFields.refine(
  ({ text: typed, tokens, mode }) => typed !== undefined || (tokens !== undefined && mode === 'token'),
  { error: 'text is missing; it may be where there are tokens and mode is token', path: ['text'] },
);

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
});

export const errorReply = z.object({
  code: z.string().describe('one of docs/errors.md'),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** The error replies that every route may give. */
export const errorReplies = { '4xx': errorReply, '5xx': errorReply } as const;
