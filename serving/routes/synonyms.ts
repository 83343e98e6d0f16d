import type { App } from '../parts.js';
import { errorReplies, synonymsBody, synonymsChangedReply, synonymsReply } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** As many rules as there may be are a file of their own; what is sent is bounded. */
const bodyLimit = 64 * 2 ** 20;

/** `GET /synonyms`, `PUT /synonyms`: what queries ask for beside their own words. */
export function synonymRoutes(app: App, { whole, wholeWriter }: RouteParts): void {
  app.get(
    '/synonyms',
    {
      config: { tenancy: 'closed' },
      schema: { summary: 'The rules of synonyms', response: { 200: synonymsReply, ...errorReplies } },
    },
    async (_request, reply) => reply.send({ rules: [...(await whole.synonyms())] }),
  );
  app.put(
    '/synonyms',
    {
      config: { need: 'write', tenancy: 'closed' },
      onRequest: async () => void wholeWriter(),
      bodyLimit,
      schema: {
        summary: 'Put other rules in the place of all synonyms; no document is indexed anew',
        body: synonymsBody,
        response: { 200: synonymsChangedReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.send({ sequence: await wholeWriter().setSynonyms(request.body.rules) }),
  );
}
