import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, AppParts } from '../parts.js';
import { dictionaryBody, dictionaryChangedReply, dictionaryReply, errorReplies } from '../schemas.js';

/** 100,000 words of 64 characters with their terms. */
const bodyLimit = 64 * 2 ** 20;

/** `GET /dictionary`, `PUT /dictionary`: the words that the analysis keeps whole. */
export function dictionaryRoutes(app: App, { backend, writing }: AppParts): void {
  app.get(
    '/dictionary',
    {
      schema: {
        summary: 'The words that the analysis keeps whole',
        response: { 200: dictionaryReply, ...errorReplies },
      },
    },
    async (_request, reply) => reply.send({ words: [...(await backend.dictionary())] }),
  );
  app.put(
    '/dictionary',
    {
      config: { need: 'write' },
      onRequest: async () => {
        if (writing === undefined) throw new TandemError('index/read-only', 'this service does not write');
      },
      bodyLimit,
      schema: {
        summary: 'Put other words in the place of all, and index anew the documents whose terms change by it',
        body: dictionaryBody,
        response: { 200: dictionaryChangedReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      if (writing === undefined) throw new TandemError('index/read-only', 'this service does not write');
      const { receipt, documents } = await writing.setDictionary(request.body.words);
      return reply.send({ sequence: receipt, documents });
    },
  );
}
