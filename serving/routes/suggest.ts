import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, suggestQueryString, suggestReply } from '../schemas.js';

/** `GET /suggest`: ways to go on with a text that is being typed. */
export function suggestRoute(app: App, { complete }: AppParts): void {
  app.get(
    '/suggest',
    {
      schema: {
        summary: 'Complete what is being typed',
        querystring: suggestQueryString,
        response: { 200: suggestReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      if (complete === undefined) throw new TandemError('request/not-found', 'this service does not complete queries');
      return reply.send({ completions: [...complete(request.query)] });
    },
  );
}
