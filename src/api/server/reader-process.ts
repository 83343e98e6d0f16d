import type { Logger } from 'pino';
import { createMeasures, type Measures } from '../../../serving/measures.js';
import { openCalls } from '../../../serving/processes/calls.js';
import { generationsOver, type KeeperCalls, type ReaderCalls, writeBy } from '../../../serving/processes/roles.js';
import { sharedCounts } from '../../../serving/processes/shared-counts.js';
import { shareCursors } from '../../../serving/processes/shared-cursors.js';
import { parentChannel } from '../../../serving/processes/this-process.js';
import { readiness } from '../../../serving/routes/health.js';
import { type Listening, listen } from '../../../serving/server.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { SearchBackend } from '../../search/backend.js';
import { loggerOf, openToRead, type ProcessOptions, serveApp } from './served-app.js';

interface Open {
  readonly options: ProcessOptions;
  readonly logger: Logger;
  readonly served: Awaited<ReturnType<typeof openToRead>>;
  readonly backend: SearchBackend;
  readonly measures: Measures;
}

let open: Open | undefined;
let listening: Listening | undefined;
const end = new AbortController();

const opened = (): Open => {
  if (open === undefined) throw new TandemError('server/not-ready', 'the index is not open yet');
  return open;
};

const calls: ReaderCalls<ProcessOptions> = {
  open: async (options, reader) => {
    const logger = loggerOf(options);
    const served = await openToRead(options.index, logger);
    const next = (owner: number, cursor: string, k: number) => keeper.ask('next', owner, cursor, k);
    const backend = shareCursors(served.search.index, reader, next);
    open = { options, logger, served, backend, measures: createMeasures() };
  },
  takeIn: async sequence => opened().served.search.index.caughtUp(sequence),
  listen: async () => {
    const { options, logger, served, backend, measures } = opened();
    const given = {
      backend,
      ...(options.writable && { writing: writes, generations: generationsOver(keeper) }),
      metrics: () => keeper.ask('metrics'),
    };
    const counts = sharedCounts((...request) => keeper.ask('count', ...request));
    const app = await serveApp(served, options, logger, given, { measures, counts });
    const { host, port } = options;
    listening = await listen(app, { host, port, signal: end.signal, release: () => served.search.close() });
    return listening.url;
  },
  next: async (cursor, k) => opened().backend.next(cursor, k),
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
  write: changes => keeper.ask('write', changes),
  writeEach: changes => keeper.ask('writeEach', changes),
  deleteMatching: (filter, options) => keeper.ask('deleteMatching', filter, options),
  setDictionary: words => keeper.ask('setDictionary', words),
  setSynonyms: rules => keeper.ask('setSynonyms', rules),
  setRules: rules => keeper.ask('setRules', rules),
});
