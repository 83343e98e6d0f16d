import { z } from 'zod';
import { logLevels } from '../../config/log-levels.js';
import { networkSchema, originSchema } from '../../config/network.js';
import { redisUrlSchema, streamSchema } from '../../config/redis.js';
import { defineCommand } from '../command.js';
import {
  addressFlags,
  commaSeparated,
  path,
  redisFlag,
  searchedBackendFlags,
  switched,
  wholeNumber,
} from '../flags.js';

/** In which what is in flight is answered and the index saved, after a signal; another signal ends it at once. */
const closingMs = 60_000;

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Serve an index over HTTP: POST /search, POST /embed/query, a page at / and the interface at /docs.',
  example: 'tandem serve --index out/index --port 8080',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path.optional() },
    root: {
      value: 'DIR',
      help: 'in place of --index: each folder of DIR that holds an index is a collection, /collections/NAME/ (docs/serving.md)',
      schema: path.optional(),
    },
    ...searchedBackendFlags,
    nextModel: {
      value: 'DIR',
      help: 'with --backend opensearch: the model of a generation that may be switched to meanwhile',
      schema: path.optional(),
    },
    ...addressFlags,
    writable: {
      help: 'take documents too: PUT and DELETE /documents/ID, POST /documents/bulk; from this machine alone, or with --keys',
      schema: switched,
    },
    keys: {
      value: 'FILE',
      help: 'hashed API keys (docs/serving.md); all but the probes then needs one',
      schema: path.optional(),
    },
    allowHost: {
      value: 'NAME,...',
      help: 'names under which it is asked without keys, beside those of this machine',
      schema: commaSeparated(z.string().min(1, 'expected a name')).optional(),
    },
    allowOrigin: {
      value: 'ORIGIN,...',
      help: 'pages of these origins may read answers in browsers (CORS); * for all, beside --keys',
      schema: commaSeparated(originSchema).optional(),
    },
    pictureOrigins: {
      value: 'ORIGIN,...',
      help: 'origins of pictures that the page may show beside those of the service, such as https://images.example.org',
      schema: commaSeparated(
        originSchema.refine(value => value !== '*', 'expected an origin, such as https://images.example.org'),
      ).optional(),
    },
    trustProxy: {
      value: 'ADDRESSES',
      help: 'addresses or networks of proxies before it, 127.0.0.1,10.0.0.0/8: what they say of a client’s address counts (docs/serving.md)',
      schema: commaSeparated(networkSchema).optional(),
    },
    maxConnections: {
      value: 'N',
      help: 'connections at once (default: half of the open files that the system allows, at most 2000)',
      schema: wholeNumber(1, 1_000_000).optional(),
    },
    maxWait: {
      value: 'MS',
      help: 'milliseconds of work that may stand before a request while load lasts, else 503 (default 150)',
      schema: wholeNumber(1, 60_000).optional(),
    },
    workers: {
      value: 'N',
      help: 'processes that answer, each with the index in its memory (docs/serving.md); 1 to 64 (default 1)',
      schema: wholeNumber(1, 64).prefault('1'),
    },
    reports: {
      value: 'DIR',
      help: 'folder of reports that commands wrote, which the operator’s page shows',
      schema: path.optional(),
    },
    snapshots: {
      value: 'DIR',
      help: 'folder that snapshots are taken into by POST /snapshots',
      schema: path.optional(),
    },
    metricsPort: {
      value: 'N',
      help: 'a port of its own for the probes and /metrics, without keys; 0 = any free one',
      schema: wholeNumber(0, 65_535).optional(),
    },
    metricsHost: {
      value: 'ADDRESS',
      help: 'address that this port listens on (default 127.0.0.1)',
      schema: z.string().optional(),
    },
    jobs: {
      value: 'FOLDER',
      help: 'take files to embed, POST /jobs, and keep them in this folder (docs/jobs.md)',
      schema: path.optional(),
    },
    jobsDisk: {
      value: 'MIB',
      help: 'MiB of disk that all jobs together may take (default 4096)',
      schema: wholeNumber(1, 2 ** 30).optional(),
    },
    redis: {
      ...redisFlag,
      help: 'servers with the same Redis count requests together and share cursors (docs/serving.md); with --jobs, `tandem worker` embeds their files',
      schema: redisUrlSchema.optional(),
    },
    events: {
      value: 'FOLDER',
      help: 'take what people did, POST /events, and keep it in this folder for `tandem prepare` (docs/shop.md)',
      schema: path.optional(),
    },
    eventsDisk: {
      value: 'MIB',
      help: 'MiB of disk that events may take (default 4096)',
      schema: wholeNumber(1, 2 ** 30).optional(),
    },
    eventsStream: {
      value: 'KEY',
      help: 'in place of --events: keep them in this stream of --redis, for `tandem export-events` (docs/shop.md)',
      schema: streamSchema.optional(),
    },
    eventsLength: {
      value: 'N',
      help: 'events that the stream keeps, about; older ones are cut off (default 1000000)',
      schema: wholeNumber(1, 2 ** 40).optional(),
    },
    logLevel: {
      value: 'LEVEL',
      help: `least grave lines of the log on stderr: ${logLevels.join(', ')} (default info)`,
      schema: z.enum(logLevels, { error: `expected one of ${logLevels.join(', ')}` }).default('info'),
    },
    logText: {
      help: 'write what people ask into the log: addresses with their queries, slow searches with their texts',
      schema: switched,
    },
    slowQuery: {
      value: 'MS',
      help: 'log searches of so many milliseconds with their stages; with --log-text explained',
      schema: wholeNumber(0, 3_600_000).optional(),
    },
    rateLimit: {
      value: 'N',
      help: 'requests a minute from one address; unlimited when absent',
      schema: wholeNumber(1, 1_000_000).optional(),
    },
  },
  project: { lacks: ({ index, root }) => index === undefined && root === undefined, fills: ({ index }) => ({ index }) },
  run: async (
    {
      index,
      root,
      maxWait: maxWaitMs,
      slowQuery: slowQueryMs,
      jobsDisk: jobsDiskMiB,
      eventsDisk: eventsDiskMiB,
      ...options
    },
    { signal, terminal, waitFor },
  ) => {
    const { serveWhat } = await import('../../api/server/serve-what.js');
    const { url, metricsUrl, closed, reread } = await serveWhat(
      { index, root },
      { ...options, maxWaitMs, slowQueryMs, jobsDiskMiB, eventsDiskMiB, signal },
    );
    waitFor(closingMs);
    // to a service that nobody has started by hand; a closed terminal says the same, and means the end
    if (!terminal.interactive) process.on('SIGHUP', () => void reread());
    const probed = metricsUrl === undefined ? '' : `, for probes and metrics on ${metricsUrl}`;
    return {
      json: { url, ...(metricsUrl !== undefined && { metricsUrl }) },
      text: `Listening on ${url}${probed}`,
      until: closed,
    };
  },
});
