import { z } from 'zod';
import { searchModes } from '../src/search/request.js';

/** What `GET /page/settings` answers. */
export const settingsReply = z.object({
  documents: z.int(),
  modes: z.array(z.enum(searchModes)),
  places: z.array(z.object({ country: z.string(), language: z.string().optional() })),
  attributes: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(['text', 'number', 'date', 'boolean']),
        documents: z.int().describe('that have it, about'),
        values: z.int().optional().describe('distinct texts, at most'),
      }),
    )
    .describe('attributes of the documents whose values can be filtered, counted and sorted by'),
  floor: z
    .object({ minScore: z.literal('auto').optional(), minCosine: z.number().optional() })
    .optional()
    .describe('what a search whose words no document has asks for, so that nothing arbitrary is shown'),
  pictureOrigins: z.array(z.string()).describe('whose pictures the page may show beside its own'),
  building: z
    .object({ state: z.enum(['running', 'done', 'failed']), text: z.string(), share: z.number().optional() })
    .optional()
    .describe('what is made behind the service: `tandem up` trains while the tokens answer'),
});
