import type { Measures } from '../measures.js';
import type { App } from '../parts.js';

/** `GET /metrics`: latencies by route and stage, and the state of the process, in the Prometheus text format. */
export function metricsRoute(app: App, measures: Measures): void {
  app.get('/metrics', { schema: { summary: 'Prometheus metrics' } }, async (_request, reply) => {
    const { contentType, body } = await measures.render();
    return reply.type(contentType).send(body);
  });
}
