import { TandemError } from '../../src/errors/tandem-error.js';
import type { App } from '../parts.js';
import { documentParams, documentReply, errorReplies } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** `GET /documents/:id`: one document as it was indexed. */
export function documentsRoute(app: App, { of }: RouteParts): void {
  app.get(
    '/documents/:id',
    {
      config: { tenancy: 'own' },
      schema: { summary: 'One document', params: documentParams, response: { 200: documentReply, ...errorReplies } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const document = await of(request).reader.get(id);
      if (document === undefined) throw new TandemError('request/not-found', `no document "${id}"`, { id });
      return reply.send({ ...document });
    },
  );
}
