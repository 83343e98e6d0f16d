import type { App } from '../parts.js';

export interface MeasuredService {
  /** in the Prometheus text format */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** `GET /metrics`: latencies by route and stage, which index is served, and the state of the process, in the Prometheus text format. */
export function metricsRoute(app: App, { metrics }: MeasuredService): void {
  app.get(
    '/metrics',
    { config: { tenancy: 'closed' }, schema: { summary: 'Prometheus metrics' } },
    async (_request, reply) => {
      const { contentType, body } = await metrics();
      return reply.type(contentType).send(body);
    },
  );
}
