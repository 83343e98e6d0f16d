import { z } from 'zod';
import { errorReply } from './schemas.js';

/** Shapes of the routes that are as OpenAI has them. */

/** Texts of one request at most, as at OpenAI. */
const mostTexts = 2_048;
/** UTF-16 units of a text at most; what goes beyond the longest text that a tower reads counts for nothing. */
const longestText = 32_768;

const inputText = z.string().min(1).max(longestText);

export const embeddingsBody = z.object({
  input: z
    .union([inputText, z.array(inputText).min(1).max(mostTexts)], {
      error: `expected a text of 1 to ${longestText} UTF-16 units, or 1 to ${mostTexts} such texts (token numbers of other models mean nothing to this one)`,
    })
    .describe('a text, or several; of a document the first line is the title, the rest the description'),
  model: z
    .string()
    .min(1)
    .max(256)
    .describe(
      '`tandem`: the model of the index, query side; `tandem:document`: its document side. The first 12 digits of its `modelId` in place of `tandem` stand for this model alone',
    ),
  encoding_format: z
    .enum(['float', 'base64'])
    .optional()
    .describe('`float` when absent; `base64`: little-endian float32'),
  dimensions: z
    .int()
    .min(1)
    .optional()
    .describe('of an embedding, those of the model when absent; with fewer its beginning is given, scaled to length 1'),
  user: z.string().optional().describe('not read'),
});

export const embeddingsReply = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z
        .union([z.array(z.number()), z.string()])
        .describe('L2-normalised; zeros where the model can read nothing in the text'),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }).describe('0: nothing is counted'),
});

export const modelsReply = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })),
});

const openAiError = errorReply.extend({
  error: z.object({ message: z.string(), type: z.string(), param: z.null(), code: z.string() }),
});
export const openAiErrorReplies = { '4xx': openAiError, '5xx': openAiError } as const;
