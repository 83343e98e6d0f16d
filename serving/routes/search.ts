import type { SearchResponse } from '../../src/search/backend.js';
import { type SearchRequest, searchRequestSchema } from '../../src/search/request.js';
import type { Measures } from '../measures.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, nextBody, nextReply, searchReply } from '../schemas.js';

/** `POST /search`: the ranked documents for a query; `POST /search/next`: the page behind. */
export function searchRoute(app: App, { backend }: AppParts, measures: Measures): void {
  app.post<{ Body: SearchRequest }>(
    '/search',
    {
      config: { need: 'search' },
      schema: {
        summary: 'Search documents',
        body: searchRequestSchema,
        response: { 200: searchReply, ...errorReplies },
      },
      // the backend checks it, as it does whoever asks
      validatorCompiler: () => value => ({ value }),
    },
    async (request, reply) => {
      const response = await backend.search(request.body);
      measures.stages(response.took);
      return reply.send(plain(response));
    },
  );
  app.post(
    '/search/next',
    {
      config: { need: 'search' },
      schema: { summary: 'The next page', body: nextBody, response: { 200: nextReply, ...errorReplies } },
    },
    async (request, reply) => reply.send(plain(await backend.next(request.body.cursor, request.body.k))),
  );
}

/** The same, typed as the reply schemas have it: with lists that may be written to. */
const plain = <T extends Pick<SearchResponse, 'hits'>>(response: T) => response as Writable<T>;

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
