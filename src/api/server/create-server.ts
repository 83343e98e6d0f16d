import { z } from 'zod';
import { backends } from '../../config/backends.js';
import { logLevels } from '../../config/log-levels.js';
import { networkSchema, originSchema } from '../../config/network.js';
import { redisUrlSchema, streamSchema } from '../../config/redis.js';
import { checkOptions, maybe, type OptionSchemas, path, whole } from '../check-options.js';
import type { CreateServerOptions, Server } from '../options.js';
import { serveWhat } from './serve-what.js';

const createServerSchemas: OptionSchemas<CreateServerOptions> = {
  index: path.optional(),
  root: path.optional(),
  backend: z.enum(backends).optional(),
  url: z.array(z.url()).min(1).optional(),
  model: path.optional(),
  nextModel: path.optional(),
  host: z.string().optional(),
  port: whole(0, 65_535).optional(),
  writable: maybe,
  keys: path.optional(),
  allowHost: z.array(z.string().min(1)).optional(),
  trustProxy: z.array(networkSchema).min(1).optional(),
  maxConnections: whole(1, 1_000_000).optional(),
  maxWaitMs: whole(1, 60_000).optional(),
  rateLimit: whole(1, 1_000_000).optional(),
  snapshots: path.optional(),
  reports: path.optional(),
  slowQueryMs: whole(0, 3_600_000).optional(),
  logText: maybe,
  allowOrigin: z.array(originSchema).min(1).optional(),
  pictureOrigins: z
    .array(originSchema.refine(value => value !== '*', 'expected an origin'))
    .min(1)
    .optional(),
  metricsPort: whole(0, 65_535).optional(),
  metricsHost: z.string().optional(),
  workers: whole(1, 64).optional(),
  events: path.optional(),
  eventsDiskMiB: whole(1, 2 ** 30).optional(),
  eventsStream: streamSchema.optional(),
  eventsLength: whole(1, 2 ** 40).optional(),
  jobs: path.optional(),
  jobsDiskMiB: whole(1, 2 ** 30).optional(),
  redis: redisUrlSchema.optional(),
  log: z.enum(logLevels, { error: `expected one of ${logLevels.join(', ')}` }).optional(),
};

/** What `createServer` of the library does. */
export async function serveUntilClosed(options: CreateServerOptions): Promise<Server> {
  checkOptions('createServer', options, createServerSchemas);
  const { host = '127.0.0.1', port = 8080, log: logLevel = 'silent', index, root, ...served } = options;
  const end = new AbortController();
  const { url, metricsUrl, closed } = await serveWhat(
    { index, root },
    { ...served, host, port, logLevel, signal: end.signal },
  );
  return {
    url,
    ...(metricsUrl !== undefined && { metricsUrl }),
    close: () => {
      end.abort();
      return closed;
    },
  };
}
