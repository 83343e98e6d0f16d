import { z } from 'zod';
import { searchModes } from '../../src/search/request.js';
import type { App } from '../parts.js';
import { errorReplies } from '../schemas.js';
import type { SlowLog } from '../slow-log.js';

const slowSearchesReply = z.object({
  fromMs: z
    .number()
    .optional()
    .describe('milliseconds from which a search is slow; absent where none are noted (`--slow-query`)'),
  searches: z
    .array(
      z.object({
        time: z.string(),
        ms: z.number(),
        took: z.record(z.string(), z.number()),
        mode: z.enum(searchModes),
        hits: z.int(),
        asked: z
          .union([z.record(z.string(), z.unknown()), z.array(z.string())])
          .describe('the request where its text may be logged (`--log-text`), else the names of its fields'),
      }),
    )
    .describe('the last hundred of the process that answers, the last first'),
});

/** `GET /slow-searches`: searches that took long, for whoever runs the service. */
export function slowSearchesRoute(app: App, { fromMs, last }: Pick<SlowLog, 'fromMs' | 'last'>): void {
  app.get(
    '/slow-searches',
    {
      config: { need: 'admin', tenancy: 'closed' },
      schema: { summary: 'Searches that took long', response: { 200: slowSearchesReply, ...errorReplies } },
    },
    async (_request, reply) =>
      reply.send(slowSearchesReply.parse({ ...(fromMs !== undefined && { fromMs }), searches: last() })),
  );
}
