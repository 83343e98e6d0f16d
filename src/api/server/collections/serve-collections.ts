import { join } from 'node:path';
import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import type { Logger } from 'pino';
import { AddressCounts } from '../../../../serving/address-counts.js';
import {
  type CollectionsApp,
  createCollectionsApp,
  readyTogether,
  renderAll,
} from '../../../../serving/collections/create-collections-app.js';
import { createMeasures } from '../../../../serving/measures.js';
import { readiness } from '../../../../serving/routes/health.js';
import { listen } from '../../../../serving/server.js';
import { TandemError } from '../../../errors/tandem-error.js';
import { generationAdmin } from '../../generations/admin-generations.js';
import { snapshotAdmin } from '../../snapshots/admin-snapshots.js';
import { eventsOf } from '../events-of.js';
import { besideProbes, type ProbedListening } from '../probe-port.js';
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
} from '../served-app.js';
import { type OpenCollection, type OpenCollections, openCollections } from './open-collections.js';

export interface ServeCollectionsOptions extends Omit<ServeOptions, 'index' | 'building'> {
  /** folder whose folders are the indexes */
  readonly root: string;
}

/** What a service of several indexes does not have. */
const ofOneIndex = {
  backend: 'an index of a cluster is served by a service of its own',
  url: 'an index of a cluster is served by a service of its own',
  model: 'each collection has the model that it was indexed with',
  workers: 'collections are served by one process',
  redis: 'limits and cursors are shared by services of one index',
  eventsStream: 'events of collections are kept in folders, with events',
  eventsLength: 'events of collections are kept in folders, with events',
  jobs: 'embed files with `tandem embed`, or by a service of one index',
} as const;

/**
 * Serves each index below a folder as a collection, until the signal; those that come and go meanwhile too.
 * @throws TandemError 'usage/bad-value' | 'data/not-found' | 'config/bad-value' | 'server/port-taken'
 */
export async function serveCollections(options: ServeCollectionsOptions): Promise<ProbedListening> {
  for (const [option, instead] of Object.entries(ofOneIndex) as [keyof typeof ofOneIndex, string][]) {
    const given = options[option];
    if (given === undefined || given === 1 || given === 'embedded') continue;
    throw new TandemError('usage/bad-value', `${option}: not beside root: ${instead}`, { option });
  }
  const logger = loggerOf(options);
  // what every process of a service is told, but for the index, which each collection has of its own
  const common = { ...options, index: options.root };
  await checkAccess(common);
  return besideProbes(common, logger, () => listenToAll(options, logger));
}

async function listenToAll(options: ServeCollectionsOptions, logger: Logger): Promise<ListeningService> {
  const { root, host, port, signal, rateLimit, trustProxy, maxWaitMs, maxConnections, allowOrigin } = options;
  const { access, reread, close } = await openAccess({ ...options, index: root }, logger);
  const measures = createMeasures();
  const addresses = new AddressCounts();
  const counts = sharing(addresses);
  let collections: OpenCollections | undefined;
  const opened = (): OpenCollections => {
    if (collections === undefined) throw new TandemError('internal', 'the collections are not open yet');
    return collections;
  };
  try {
    const all: CollectionsApp = await createCollectionsApp(
      {
        list: () => opened().list(),
        aliases: () => opened().aliases(),
        setAlias: (alias, collection) => opened().setAlias(alias, collection),
        dropAlias: alias => opened().dropAlias(alias),
      },
      {
        ...{ logger, rateLimit, trustProxy, maxWaitMs, maxConnections, allowOrigin, counts, measures },
        metricsElsewhere: options.metricsPort !== undefined,
      },
      { access, writes: options.writable === true },
    );
    const open = (folder: string, name: string): Promise<OpenCollection> =>
      openCollection(
        // the port of the metrics has what they share: those of one collection stay with it
        { ...options, index: folder, metricsPort: undefined, reports: options.reports && join(options.reports, name) },
        name,
        logger,
        { ...all.shared, counts, access },
      );
    collections = await openCollections(root, open, logger);
    const release = async (): Promise<void> => {
      close();
      await collections?.close();
    };
    const service = { ready: () => readyTogether(opened()), metrics: () => renderAll(opened(), measures) };
    return { ...(await listen(all.app, { host, port, signal, release })), reread, service };
  } catch (error) {
    close();
    await collections?.close();
    throw error;
  }
}

type Shared = CollectionsApp['shared'] &
  Pick<Awaited<ReturnType<typeof openAccess>>, 'access'> & { readonly counts: new () => FastifyRateLimitStore };

/** One collection, as a service of one index would serve it, but for what it shares with the others. What was opened of one that cannot be is closed again. */
async function openCollection(
  options: ServeOptions,
  name: string,
  logger: Logger,
  { access, ...shared }: Shared,
): Promise<OpenCollection> {
  const { index, signal, snapshots: place } = options;
  const named = logger.child({ collection: name });
  const events = await eventsOf({ ...options, events: options.events && join(options.events, name) }, named);
  let search: { close(): Promise<void> } | undefined;
  const close = async (): Promise<void> => {
    try {
      await search?.close();
    } finally {
      await events?.close();
    }
  };
  try {
    const writable = options.writable ? await openToWrite(index, named) : undefined;
    const served = writable ?? (await openToRead(index, named));
    search = served.search;
    tellMissingGraph(served, named);
    const writing = writable?.search.index;
    const generations = writing && generationAdmin(index, writing, signal);
    const snapshots = place === undefined ? undefined : snapshotAdmin(index, join(place, name), signal);
    const given = { access, writing, generations, snapshots, events };
    const app = await serveApp(served, options, named, given, { ...shared, servedAt: `/collections/${name}` });
    const ready = () => readiness({ backend: served.search.index, embedder: served.search.embedder });
    return { app, ready, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One count of the addresses of all collections: an address asks a service, whatever of it. */
function sharing(counts: AddressCounts): new () => FastifyRateLimitStore {
  return class implements FastifyRateLimitStore {
    incr(...asked: Parameters<AddressCounts['incr']>): void {
      counts.incr(...asked);
    }
    child(): FastifyRateLimitStore {
      return this;
    }
  };
}
