import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, synonymsBody, synonymsChangedReply, synonymsReply } from '../schemas.js';

/** As many rules as there may be are a file of their own; what is sent is bounded. */
const bodyLimit = 64 * 2 ** 20;

/** `GET /synonyms`, `PUT /synonyms`: what queries ask for beside their own words. */
export function synonymRoutes(app: App, { backend, writing }: AppParts): void {
  app.get(
    '/synonyms',
    { schema: { summary: 'The rules of synonyms', response: { 200: synonymsReply, ...errorReplies } } },
    async (_request, reply) => reply.send({ rules: [...(await backend.synonyms())] }),
  );
  const writer = (): NonNullable<AppParts['writing']> => {
    if (writing === undefined) throw new TandemError('index/read-only', 'this service does not write');
    return writing;
  };
  app.put(
    '/synonyms',
    {
      config: { need: 'write' },
      onRequest: async () => void writer(),
      bodyLimit,
      schema: {
        summary: 'Put other rules in the place of all synonyms; no document is indexed anew',
        body: synonymsBody,
        response: { 200: synonymsChangedReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.send({ sequence: await writer().setSynonyms(request.body.rules) }),
  );
}
