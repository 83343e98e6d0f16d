import { z } from 'zod';
import { idSchema, keySchema } from './id.js';

/** That of a text of 4,096 UTF-16 units, each written as six bytes at most, four characters for three of them. */
const longestQueryId = 40_000;
/** Milliseconds since 1970 that are a time of our days, and not seconds, say. */
const [earliest, latest] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];
const inOurDays = (time: string | number): boolean => {
  const milliseconds = new Date(time).getTime();
  return milliseconds >= earliest && milliseconds < latest;
};

/** What somebody did, as it is sent to a service. */
export const sentEventSchema = z.strictObject({
  type: z.string().min(1).max(64).describe('`search`, `impression`, `click`, `cart`, `order`, or a name of your own'),
  session: keySchema.describe('of one person in one visit: a random text that the page keeps'),
  time: z
    .union([z.iso.datetime({ offset: true }), z.int()])
    .refine(inOurDays, { error: 'expected ISO 8601 with a zone, or milliseconds since 1970' })
    .optional()
    .describe('when it was done, ISO 8601 or milliseconds since 1970; now when absent'),
  queryId: z.string().max(longestQueryId).optional().describe('of the answer that led to it'),
  query: z.string().max(4096).optional().describe('what was asked for, where there is no `queryId`'),
  country: z.string().max(64).optional(),
  documentId: idSchema.optional().describe('that it was done with; of all but searches'),
  rank: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('place of the document in the answer, from 1, counted through all pages'),
});

export type SentEvent = z.output<typeof sentEventSchema>;
