import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, liveReply, readyReply } from '../schemas.js';

/** `/health/live`: the process answers. `/health/ready`: the index can be read and requests are being taken. */
export function healthRoutes(app: App, { backend, embedder }: AppParts): void {
  app.get('/health/live', { schema: { summary: 'Liveness', response: { 200: liveReply } } }, async (_request, reply) =>
    reply.send({ live: true }),
  );
  app.get(
    '/health/ready',
    { schema: { summary: 'Readiness', response: { 200: readyReply, ...errorReplies } } },
    async (_request, reply) => {
      const documents = await backend.count().catch((error: unknown) => {
        throw new TandemError('server/not-ready', 'the index cannot be read', {}, { cause: error });
      });
      return reply.send({ ready: true, documents, modelId: embedder?.modelId ?? null });
    },
  );
}
