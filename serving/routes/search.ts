import type { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { SearchResponse } from '../../src/search/backend.js';
import type { Measures } from '../measures.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, nextBody, nextReply, searchBody, searchReply } from '../schemas.js';

type SearchBody = z.output<typeof searchBody>;

/** `POST /search`: the ranked documents for a query; `POST /search/next`: the page behind. */
export function searchRoute(app: App, parts: AppParts, measures: Measures): void {
  const { backend } = parts;
  const search = async ({ mode, text = '', ...request }: SearchBody): Promise<SearchResponse> => {
    if (mode !== undefined) return backend.search({ ...request, text, mode });
    const best = parts.embedder === undefined ? 'token' : 'hybrid';
    return backend.search({ ...request, text, mode: best }).catch((error: unknown) => {
      // an index without vectors has just taken the place of one that had some
      if (best === 'token' || !(error instanceof TandemError) || error.code !== 'index/no-vectors') throw error;
      return backend.search({ ...request, text, mode: 'token' });
    });
  };
  app.post(
    '/search',
    { schema: { summary: 'Search documents', body: searchBody, response: { 200: searchReply, ...errorReplies } } },
    async (request, reply) => {
      const response = await search(request.body);
      measures.stages(response.took);
      return reply.send(plain(response));
    },
  );
  app.post(
    '/search/next',
    { schema: { summary: 'The next page', body: nextBody, response: { 200: nextReply, ...errorReplies } } },
    async (request, reply) => reply.send(plain(await backend.next(request.body.cursor, request.body.k))),
  );
}

/** The same, typed as the reply schemas have it: with lists that may be written to. */
const plain = <T extends Pick<SearchResponse, 'hits'>>(response: T) => response as Writable<T>;

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
