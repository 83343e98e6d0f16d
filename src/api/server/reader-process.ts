import type { Logger } from 'pino';
import { createMeasures, type Measures } from '../../../serving/measures.js';
import type { KeyCounts } from '../../../serving/parts.js';
import { openCalls } from '../../../serving/processes/calls.js';
import {
  generationsOver,
  jobsOver,
  type KeeperCalls,
  type ReaderCalls,
  snapshotsOver,
  writeBy,
} from '../../../serving/processes/roles.js';
import { shareConnections } from '../../../serving/processes/share-connections.js';
import { sharedCounts } from '../../../serving/processes/shared-counts.js';
import { type NextOf, shareCursors } from '../../../serving/processes/shared-cursors.js';
import { parentChannel } from '../../../serving/processes/this-process.js';
import type { SharedRedis } from '../../../serving/redis/connect.js';
import { shareRankings } from '../../../serving/redis/shared-cursors.js';
import { readiness } from '../../../serving/routes/health.js';
import { type Listening, listen } from '../../../serving/server.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { SearchBackend } from '../../search/backend.js';
import { createCursorCache } from '../../search/cursors.js';
import { loggerOf, type OpenedAccess, openAccess, openToRead, type ProcessOptions, serveApp } from './served-app.js';
import { openSharedRedis } from './shared-redis.js';

interface Open {
  readonly options: ProcessOptions;
  readonly logger: Logger;
  readonly served: Awaited<ReturnType<typeof openToRead>>;
  readonly backend: SearchBackend;
  readonly measures: Measures;
  readonly shared?: SharedRedis;
}

let open: Open | undefined;
let access: OpenedAccess | undefined;
let listening: Listening | undefined;
const end = new AbortController();

const opened = (): Open => {
  if (open === undefined) throw new TandemError('server/not-ready', 'the index is not open yet');
  return open;
};

const calls: ReaderCalls<ProcessOptions> = {
  open: async (options, reader) => {
    const logger = loggerOf(options);
    const cursors = createCursorCache();
    const served = await openToRead(options.index, logger, cursors);
    const next: NextOf = (...asked) => keeper.ask('next', ...asked);
    // what it means that it is away is told by the process that keeps this one
    const shared = openSharedRedis(options);
    const { index } = served.search;
    const backend = shareCursors(shared ? shareRankings(index, cursors, shared) : index, reader, next);
    open = { options, logger, served, backend, measures: createMeasures(), shared };
  },
  takeIn: async sequence => opened().served.search.index.caughtUp(sequence),
  listen: async () => {
    const { options, logger, served, backend, measures, shared } = opened();
    const given = {
      backend,
      redis: shared?.isThere,
      ...(options.writable && { writing: writes, generations: generationsOver(keeper) }),
      ...(options.snapshots !== undefined && { snapshots: snapshotsOver(keeper) }),
      ...(options.jobs !== undefined && { jobs: jobsOver(keeper) }),
      ...((options.events ?? options.eventsStream) !== undefined && {
        events: { append: (rows: readonly object[]) => keeper.ask('appendEvents', rows) },
      }),
      metrics: () => keeper.ask('metrics'),
    };
    const counts = sharedCounts((...request) => keeper.ask('count', ...request));
    const keyCounts: KeyCounts = (...request) => keeper.ask('countKey', ...request);
    access = await openAccess(options, logger);
    const app = await serveApp(
      served,
      options,
      logger,
      { ...given, access: access.access },
      { measures, counts, keyCounts },
    );
    shareConnections(app.server);
    const { host, port } = options;
    const release = async (): Promise<void> => {
      access?.close();
      shared?.close();
      await served.search.close();
    };
    listening = await listen(app, { host, port, signal: end.signal, release });
    return listening.url;
  },
  next: async (cursor, k, within) => {
    const { backend } = opened();
    return (within === undefined ? backend : backend.filteredReader(within)).next(cursor, k);
  },
  reread: async () => void (await access?.reread()),
  ready: async () => {
    const { served, backend, shared } = opened();
    return readiness({ backend, embedder: served.search.embedder, redis: shared?.isThere });
  },
  metrics: async () => {
    const { served, backend, measures } = opened();
    measures.index(await readiness({ backend, embedder: served.search.embedder }).catch(() => undefined));
    return measures.figures();
  },
  close: async () => {
    end.abort();
    await (listening?.closed ?? open?.served.search.close());
  },
};

const keeper = openCalls<KeeperCalls, ReaderCalls<ProcessOptions>>(parentChannel(), calls);
const writes = writeBy({
  write: (...asked) => keeper.ask('write', ...asked),
  writeEach: (...asked) => keeper.ask('writeEach', ...asked),
  deleteMatching: (...asked) => keeper.ask('deleteMatching', ...asked),
  setDictionary: words => keeper.ask('setDictionary', words),
  setSynonyms: rules => keeper.ask('setSynonyms', rules),
  setRules: rules => keeper.ask('setRules', rules),
});
