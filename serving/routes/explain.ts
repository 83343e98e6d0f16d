import { TandemError } from '../../src/errors/tandem-error.js';
import type { App } from '../parts.js';
import { errorReplies, explainBody, hitExplainReply } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** `POST /explain`: why a document has its score on the token side, and why its embedding is as near as it is. */
export function explainRoute(app: App, { of }: RouteParts): void {
  app.post(
    '/explain',
    {
      config: { need: 'search', tenancy: 'own' },
      schema: { summary: 'Explain a score', body: explainBody, response: { 200: hitExplainReply, ...errorReplies } },
    },
    async (request, reply) => {
      const { id, ...query } = request.body;
      const explanation = await of(request).reader.explain(query, id);
      if (explanation === undefined) throw new TandemError('request/not-found', `${id}: no such document`);
      return reply.send(explanation as Writable);
    },
  );
}

/** As the reply schema has it. */
interface Writable {
  value: number;
  description: string;
  details: Writable[];
}
