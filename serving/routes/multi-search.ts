import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type SearchRequest, searchRequestSchema } from '../../src/search/request.js';
import { letOthers } from '../../src/search/turns.js';
import { bodyOf, tellFailure } from '../errors.js';
import type { App } from '../parts.js';
import { errorReplies, errorReply, searchReply } from '../schemas.js';
import type { RouteParts } from '../view.js';
import { answerSearch, type SearchTelling } from './search.js';

/** Searches of one request at most. */
const mostSearches = 50;
/** Fifty requests of the size that one may have would be too much to hold. */
const bodyLimit = 4 * 2 ** 20;

/** Each search is checked by itself, so that one that is wrong does not refuse the others. */
const uncheckedBody = z.strictObject({ searches: z.array(z.unknown()).min(1).max(mostSearches) });
const multiSearchBody = z.strictObject({ searches: z.array(searchRequestSchema).min(1).max(mostSearches) });
const multiSearchReply = z.object({
  results: z
    .array(z.union([searchReply, z.object({ error: errorReply.extend({ status: z.int() }) })]))
    .describe('in the order of the searches, each its answer or why there is none'),
});

/** `POST /multi-search`: several searches in one request, answered one after the other. */
export function multiSearchRoute(app: App, { of }: RouteParts, telling: SearchTelling): void {
  app.post<{ Body: { searches: readonly SearchRequest[] } }>(
    '/multi-search',
    {
      config: {
        need: 'search',
        tenancy: 'own',
        countsAs: ({ searches }: { readonly searches: readonly unknown[] }) => searches.length,
      },
      bodyLimit,
      schema: {
        summary: 'Several searches in one request',
        description: 'A search that fails has its error in its place; the others are answered.',
        body: multiSearchBody,
        response: { 200: multiSearchReply, ...errorReplies },
      },
      validatorCompiler: route => validatorCompiler({ ...route, schema: uncheckedBody }),
    },
    async (request, reply) => {
      const results: object[] = [];
      for (const search of request.body.searches) {
        if (results.length > 0) await letOthers();
        try {
          results.push(await answerSearch(of(request).reader, search, request, telling));
        } catch (error) {
          const told = tellFailure(error, request);
          results.push({ error: { ...bodyOf(told), status: told.status } });
        }
      }
      return reply.send({ results });
    },
  );
}
