import type { App } from '../parts.js';
import { errorReplies, suggestQueryString, suggestReply } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** `GET /suggest`: ways to go on with a text that is being typed. */
export function suggestRoute(app: App, { of }: RouteParts): void {
  app.get(
    '/suggest',
    {
      config: { need: 'search', tenancy: 'own' },
      schema: {
        summary: 'Complete what is being typed',
        querystring: suggestQueryString,
        response: { 200: suggestReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.send({ completions: [...(await of(request).reader.complete(request.query))] }),
  );
}
