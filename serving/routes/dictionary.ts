import type { App } from '../parts.js';
import { dictionaryBody, dictionaryChangedReply, dictionaryReply, errorReplies } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** 100,000 words of 64 characters with their terms. */
const bodyLimit = 64 * 2 ** 20;

/** `GET /dictionary`, `PUT /dictionary`: the words that the analysis keeps whole. */
export function dictionaryRoutes(app: App, { whole, wholeWriter }: RouteParts): void {
  app.get(
    '/dictionary',
    {
      config: { tenancy: 'closed' },
      schema: {
        summary: 'The words that the analysis keeps whole',
        response: { 200: dictionaryReply, ...errorReplies },
      },
    },
    async (_request, reply) => reply.send({ words: [...(await whole.dictionary())] }),
  );
  app.put(
    '/dictionary',
    {
      config: { need: 'write', tenancy: 'closed' },
      onRequest: async () => void wholeWriter(),
      bodyLimit,
      schema: {
        summary: 'Put other words in the place of all, and index anew the documents whose terms change by it',
        body: dictionaryBody,
        response: { 200: dictionaryChangedReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { receipt, documents } = await wholeWriter().setDictionary(request.body.words);
      return reply.send({ sequence: receipt, documents });
    },
  );
}
