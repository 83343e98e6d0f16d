import type { Measures } from '../measures.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, searchBody, searchReply } from '../schemas.js';

/** `POST /search`: the ranked documents for a query. */
export function searchRoute(app: App, { backend, embedder }: AppParts, measures: Measures): void {
  const defaultMode = embedder === undefined ? 'token' : 'hybrid';
  app.post(
    '/search',
    { schema: { summary: 'Search documents', body: searchBody, response: { 200: searchReply, ...errorReplies } } },
    async (request, reply) => {
      const response = await backend.search({
        ...request.body,
        text: request.body.text ?? '',
        mode: request.body.mode ?? defaultMode,
      });
      measures.stages(response.took);
      return reply.send({ ...response, hits: [...response.hits] });
    },
  );
}
