import { bareApp } from './app.js';
import type { App, AppOptions } from './parts.js';
import { healthRoutes, type ReadyService } from './routes/health.js';
import { type MeasuredService, metricsRoute } from './routes/metrics.js';

export type ProbedService = ReadyService & MeasuredService;

/** The probes and `/metrics` for a port of their own, where whoever reaches it may ask. */
export async function createProbes(service: ProbedService, options: Pick<AppOptions, 'logger'> = {}): Promise<App> {
  const app = bareApp(options);
  healthRoutes(app, service);
  metricsRoute(app, service);
  await app.ready();
  return app;
}
