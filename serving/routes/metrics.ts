import type { Measures } from '../measures.js';
import type { App, AppParts } from '../parts.js';
import { readiness } from './health.js';

/** `GET /metrics`: latencies by route and stage, which index is served, and the state of the process, in the Prometheus text format. */
export function metricsRoute(app: App, parts: AppParts, measures: Measures): void {
  app.get(
    '/metrics',
    { config: { tenancy: 'closed' }, schema: { summary: 'Prometheus metrics' } },
    async (_request, reply) => {
      measures.index(await readiness(parts).catch(() => undefined));
      const { contentType, body } = await (parts.metrics?.() ?? measures.render());
      return reply.type(contentType).send(body);
    },
  );
}
