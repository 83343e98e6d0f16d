import type { Logger } from 'pino';
import { createApp, renderOne } from '../../../serving/app.js';
import { followClusterIndex } from '../../../serving/backends/opensearch/follow.js';
import { createMeasures } from '../../../serving/measures.js';
import { shareRankings } from '../../../serving/redis/shared-cursors.js';
import { readiness } from '../../../serving/routes/health.js';
import { listen } from '../../../serving/server.js';
import { TandemError } from '../../errors/tandem-error.js';
import { createCursorCache } from '../../search/cursors.js';
import { clusterModels } from '../indexes/cluster-models.js';
import type { ClusterPlace } from '../indexes/cluster-place.js';
import { openScorer } from '../indexes/open-search.js';
import { eventsOf } from './events-of.js';
import { type ListeningService, openAccess, type ServeOptions } from './served-app.js';
import { countsOf, openSharedRedis } from './shared-redis.js';

/** What a service over a cluster does not have, by the option that asks for it. */
const embeddedOnly = {
  workers: 'start several services, on as many machines as you like: they keep no state',
  snapshots: 'take snapshots with the cluster (its _snapshot)',
  jobs: 'embed files with `tandem embed`',
} as const;

/** Serves an index of a cluster; also one whose cluster is not there yet. @throws TandemError 'model/*' | 'files/*' | 'usage/*' | 'server/port-taken' */
export async function serveCluster(
  place: ClusterPlace,
  options: ServeOptions,
  logger: Logger,
): Promise<ListeningService> {
  for (const [option, instead] of Object.entries(embeddedOnly) as [keyof typeof embeddedOnly, string][]) {
    const given = options[option];
    if (given === undefined || given === 1) continue;
    throw new TandemError('cluster/unsupported', `${option} is of a service whose index is a folder: ${instead}`, {
      option,
    });
  }
  const { host, port, signal, rateLimit, trustProxy, maxWaitMs, maxConnections, allowOrigin, metricsPort } = options;
  const { slowQueryMs, logText, pictureOrigins, reports, writable } = options;
  /** what is open, closed last first */
  const closes: (() => void | Promise<void> | undefined)[] = [];
  const release = async (): Promise<void> => {
    for (const close of closes.splice(0).reverse()) await close();
  };
  try {
    const events = await eventsOf(options, logger);
    closes.push(() => events?.close());
    const models = await clusterModels(place);
    closes.push(() => models?.close());
    const cursors = createCursorCache();
    const index = followClusterIndex({
      ...place,
      cursors,
      openModel: models?.open,
      openScorer,
      onTaken: ({ generation, meta }) => logger.info({ generation, modelId: meta.modelId }, 'an index was taken up'),
    });
    closes.push(index.close);
    const { access, reread, close } = await openAccess(options, logger);
    closes.push(close);
    const measures = createMeasures();
    const shared = openSharedRedis(options, logger);
    closes.push(() => shared?.close());
    const parts = {
      ...{
        backend: shared ? shareRankings(index, cursors, shared) : index,
        events,
        access,
        redis: shared?.isThere,
        ...(writable && { writing: index }),
      },
      get embedder() {
        return models?.present();
      },
    };
    const limits = { rateLimit, trustProxy, maxWaitMs, maxConnections };
    const app = await createApp(parts, {
      ...{ logger, ...limits, allowOrigin, pictureOrigins, reports, slowQueryMs, logText, measures },
      ...countsOf(shared),
      metricsElsewhere: metricsPort !== undefined,
    });
    const service = { ready: () => readiness(parts), metrics: () => renderOne(parts, measures) };
    return { ...(await listen(app, { host, port, signal, release })), reread, service };
  } catch (error) {
    await release();
    throw error;
  }
}
