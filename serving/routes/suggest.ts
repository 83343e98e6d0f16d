import type { App, AppParts } from '../parts.js';
import { errorReplies, suggestQueryString, suggestReply } from '../schemas.js';

/** `GET /suggest`: ways to go on with a text that is being typed. */
export function suggestRoute(app: App, { backend }: AppParts): void {
  app.get(
    '/suggest',
    {
      config: { need: 'search' },
      schema: {
        summary: 'Complete what is being typed',
        querystring: suggestQueryString,
        response: { 200: suggestReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.send({ completions: [...(await backend.complete(request.query))] }),
  );
}
