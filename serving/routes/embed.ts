import { TandemError } from '../../src/errors/tandem-error.js';
import { isZero } from '../../src/vector/cosine.js';
import type { App } from '../parts.js';
import { embedBody, embedReply, errorReplies } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** `POST /embed/query`: the embedding of a query and the fusion weight of each channel. */
export function embedRoute(app: App, parts: RouteParts): void {
  app.post(
    '/embed/query',
    {
      config: { need: 'search', tenancy: 'none' },
      schema: { summary: 'Embed a query', body: embedBody, response: { 200: embedReply, ...errorReplies } },
    },
    async (request, reply) => {
      const { embedder } = parts;
      if (embedder === undefined) throw new TandemError('index/no-vectors', 'this index was made without a model');
      const { embedding, channels } = await embedder.embedQuery(request.body);
      return reply.send({
        modelId: embedder.modelId,
        width: embedder.width,
        embedding: isZero(embedding) ? null : Array.from(embedding),
        channels: { ...channels },
      });
    },
  );
}
