import type { Logger } from 'pino';
import { renderOne } from '../../../serving/app.js';
import type { EventLog } from '../../../serving/events/event-log.js';
import { createMeasures } from '../../../serving/measures.js';
import type { SharedRedis } from '../../../serving/redis/connect.js';
import { shareRankings } from '../../../serving/redis/shared-cursors.js';
import { readiness } from '../../../serving/routes/health.js';
import { listen } from '../../../serving/server.js';
import { createCursorCache } from '../../search/cursors.js';
import { generationAdmin } from '../generations/admin-generations.js';
import { clusterPlace } from '../indexes/cluster-place.js';
import type { JobQueue } from '../jobs/job-queue.js';
import { jobsOf } from '../jobs/jobs-of.js';
import { snapshotAdmin } from '../snapshots/admin-snapshots.js';
import { eventsOf } from './events-of.js';
import { besideProbes, type ProbedListening } from './probe-port.js';
import {
  checkAccess,
  type ListeningService,
  loggerOf,
  openAccess,
  openToRead,
  openToWrite,
  type ServeOptions,
  serveApp,
  tellMissingGraph,
} from './served-app.js';
import { countsOf, openSharedRedis } from './shared-redis.js';

/** Opens an index and serves it until the signal. @throws TandemError 'index/*', 'model/*', 'server/port-taken' */
export async function serveIndex(options: ServeOptions): Promise<ProbedListening> {
  const { workers = 1 } = options;
  const logger = loggerOf(options);
  await checkAccess(options);
  return besideProbes(options, logger, async () => {
    const place = clusterPlace(options.index, options);
    if (place !== undefined) return (await import('./serve-cluster.js')).serveCluster(place, options, logger);
    if (workers > 1) return (await import('./keep-processes.js')).serveByProcesses(options, workers);
    return serveHere(options, logger);
  });
}

/** By this process alone. */
async function serveHere(options: ServeOptions, logger: Logger): Promise<ListeningService> {
  const jobs = await jobsOf(options);
  let events: EventLog | undefined;
  let shared: SharedRedis | undefined;
  try {
    events = await eventsOf(options, logger);
    shared = openSharedRedis(options, logger);
    return await serveWith(options, logger, { jobs, events, shared });
  } catch (error) {
    shared?.close();
    await Promise.all([jobs?.close(), events?.close()]);
    throw error;
  }
}

/** @param beside  what it takes beside searches and documents, closed with it */
async function serveWith(
  options: ServeOptions,
  logger: Logger,
  { jobs, events, shared }: { readonly jobs?: JobQueue; readonly events?: EventLog; readonly shared?: SharedRedis },
): Promise<ListeningService> {
  const { index, host, port, signal, building, snapshots: place } = options;
  const writable = options.writable ? await openToWrite(index, logger) : undefined;
  const cursors = createCursorCache();
  const served = writable ?? (await openToRead(index, logger, cursors));
  // what is written to is served by one
  const pages = shared !== undefined && writable === undefined;
  const backend = pages ? shareRankings(served.search.index, cursors, shared) : served.search.index;
  tellMissingGraph(served, logger);
  const writing = writable?.search.index;
  const generations = writing && generationAdmin(index, writing, signal);
  const { access, reread, close } = await openAccess(options, logger);
  const measures = createMeasures();
  const redis = shared?.isThere;
  const snapshots = place === undefined ? undefined : snapshotAdmin(index, place, signal);
  const given = { backend, writing, generations, snapshots, jobs, events, building, access, redis };
  const app = await serveApp(served, options, logger, given, { measures, ...countsOf(shared) });
  const release = async (): Promise<void> => {
    close();
    shared?.close();
    await served.search.close();
    await Promise.all([jobs?.close(), events?.close()]);
  };
  const parts = () => ({ backend: served.search.index, embedder: served.search.embedder, redis });
  const service = { ready: () => readiness(parts()), metrics: () => renderOne(parts(), measures) };
  return { ...(await listen(app, { host, port, signal, release })), reread, service };
}
