import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Figures, renderTogether, watchedFigures } from '../../../serving/measures.js';
import { type Child, forkListener, forkOne } from '../../../serving/processes/children.js';
import {
  generationsBy,
  generationsOver,
  jobsBy,
  type KeeperCalls,
  type ReaderCalls,
  type WriterCalls,
} from '../../../serving/processes/roles.js';
import { programFile } from '../../config/program-file.js';
import { asTandemError, TandemError } from '../../errors/tandem-error.js';
import type { Receipt } from '../../search/backend.js';
import { jobsOf } from '../jobs/jobs-of.js';
import { snapshotAdmin } from '../snapshots/admin-snapshots.js';
import { eventsOf } from './events-of.js';
import { type ListeningService, loggerOf, type ProcessOptions, type ServeOptions } from './served-app.js';
import { countersOf, openSharedRedis } from './shared-redis.js';

type Reader = Child<ReaderCalls<ProcessOptions>>;
type Writer = Child<WriterCalls<ProcessOptions>>;

/** In which a reader must have taken in a commit; one that has not is ended, so that nobody reads what was before an acknowledged write. */
const takeInMs = 10_000;
/** In which a process must have answered what it has in flight, and saved. */
const closeMs = 30_000;
/** Before a process that ended is replaced: the first time, and at most. */
const shortestPauseMs = 100;
const longestPauseMs = 10_000;
/** One that lived for so long had nothing against starting. */
const healthyMs = 60_000;

/**
 * Serves an index by several processes: readers answer clients, each connection by one of them; where documents are taken, a writer makes the changes, and a change is
 * acknowledged when it is on disk and every reader has taken it in. This process does neither: it hands connections and changes on, and replaces what ends.
 * @param workers  readers
 * @throws TandemError as `serveIndex`
 */
export async function serveByProcesses(options: ServeOptions, workers: number): Promise<ListeningService> {
  const { signal, building: _building, workers: _workers, ...asked } = options;
  const told: ProcessOptions = { ...asked, port: asked.port || (await freePort(asked.host)) };
  const logger = loggerOf(options);
  const shared = openSharedRedis(options, logger);
  const jobs = await jobsOf(options).catch((error: unknown) => {
    shared?.close();
    throw error;
  });
  const events = await eventsOf(options, logger).catch(async (error: unknown) => {
    shared?.close();
    await jobs?.close();
    throw error;
  });
  const counters = countersOf(shared);
  const readers = new Map<number, Reader>();
  const opening = new Set<Reader | Writer>();
  let writer: Writer | undefined;
  let last = 0;
  let unsaved: number | undefined;
  const restarts: Record<string, number> = { reader: 0, writer: 0 };
  const ownFigures = watchedFigures([
    {
      name: 'tandem_workers',
      help: 'Processes that answer, of --workers.',
      type: 'gauge',
      read: () => readers.size,
    },
    { name: 'tandem_workers_wanted', help: 'As --workers says.', type: 'gauge', read: () => workers },
    {
      name: 'tandem_process_restarts_total',
      help: 'Processes that ended and were replaced.',
      type: 'counter',
      label: 'role',
      read: () => restarts,
    },
    {
      name: 'tandem_commits_unsaved',
      help: 'Commits that a start would replay.',
      type: 'gauge',
      aggregator: 'max',
      read: () => unsaved,
    },
  ]);
  let closing = false;
  let url = '';

  /** Nobody reads what was before a commit once it is acknowledged. */
  async function shown<T>(made: T, receipts: readonly Receipt[]): Promise<T> {
    const sequence = Math.max(last, ...receipts.map(Number));
    last = sequence;
    await Promise.all([...readers.values()].map(reader => takeIn(reader, sequence)));
    return made;
  }

  async function takeIn(reader: Reader, sequence: number): Promise<void> {
    const late = new AbortController();
    const taken = reader.ask('takeIn', sequence);
    const tooLate = delay(takeInMs, undefined, { signal: late.signal }).then(() => {
      throw new TandemError('server/not-ready', `it took longer than ${takeInMs / 1000} s`);
    });
    tooLate.catch(() => undefined);
    await Promise.race([taken, tooLate])
      .catch((error: unknown) => {
        if (asTandemError(error).code !== 'server/process-ended')
          logger.error(
            asTandemError(error),
            `process ${reader.pid} could not take in commit ${sequence} and is replaced`,
          );
        reader.kill();
      })
      .finally(() => late.abort());
  }

  const theWriter = (): Writer => {
    if (writer === undefined)
      throw new TandemError('server/process-ended', 'the process that writes is being replaced');
    return writer;
  };

  const calls: KeeperCalls = {
    write: async (changes, within) => {
      const receipt = await theWriter().ask('write', changes, within);
      return shown(receipt, [receipt]);
    },
    writeEach: async (changes, within) => {
      const results = await theWriter().ask('writeEach', changes, within);
      return shown(
        results,
        results.flatMap(result => ('receipt' in result ? [result.receipt] : [])),
      );
    },
    deleteMatching: async (...asked) => {
      const deletion = await theWriter().ask('deleteMatching', ...asked);
      return shown(deletion, deletion.receipt === undefined ? [] : [deletion.receipt]);
    },
    setSynonyms: async rules => {
      const receipt = await theWriter().ask('setSynonyms', rules);
      return shown(receipt, [receipt]);
    },
    setRules: async rules => {
      const receipt = await theWriter().ask('setRules', rules);
      return shown(receipt, [receipt]);
    },
    setDictionary: async words => {
      const change = await theWriter().ask('setDictionary', words);
      return shown(change, [change.receipt]);
    },
    ...generationsBy(() => generationsOver(theWriter())),
    ...snapshotAdmin(asked.index, asked.snapshots ?? '', signal),
    ...jobsBy(() => {
      if (jobs === undefined) throw new TandemError('job/disabled', 'this service takes no jobs');
      return jobs;
    }),
    appendEvents: async rows => {
      if (events === undefined) throw new TandemError('events/disabled', 'this service keeps no events');
      return events.append(rows);
    },
    next: (number, cursor, k, within) => {
      const owner = readers.get(number);
      if (owner !== undefined) return owner.ask('next', cursor, k, within);
      const [any] = shared === undefined ? [] : readers;
      if (any === undefined) throw new TandemError('search/cursor-expired', 'cursor: it is unknown or has expired');
      // of another server with more processes: whichever is asked finds it in Redis
      return any[1].ask('next', cursor.replace(/^\d+/, String(any[0])), k, within);
    },
    count: counters.addresses,
    countKey: counters.keys,
    metrics: async () => {
      const figures = await Promise.all(
        [...readers.values()].map(reader => reader.ask('metrics').catch((): Figures => [])),
      );
      unsaved = await writer?.ask('unsaved').catch(() => undefined);
      return renderTogether([...figures, await ownFigures()]);
    },
  };

  /** Kills what could not be opened. */
  async function opened<C extends Reader | Writer>(child: C, open: () => Promise<void>): Promise<C> {
    opening.add(child);
    try {
      await open();
      return child;
    } catch (error) {
      child.kill();
      throw error;
    } finally {
      opening.delete(child);
    }
  }

  function startReader(number: number): Promise<Reader> {
    const reader: Reader = forkListener(programFile(import.meta.url, 'reader-process'), calls);
    void reader.ended.then(() => readers.get(number) === reader && readers.delete(number));
    return opened(reader, async () => {
      await reader.ask('open', told, number);
      // from here on it is told of every commit; what came while it opened is taken in first
      readers.set(number, reader);
      await reader.ask('takeIn', last);
      url = await reader.ask('listen');
    });
  }

  function startWriter(): Promise<Writer> {
    const started: Writer = forkOne(programFile(import.meta.url, 'writer-process'), {});
    void started.ended.then(() => {
      if (writer === started) writer = undefined;
    });
    return opened(started, async () => {
      await started.ask('open', told);
      writer = started;
    });
  }

  /**
   * Starts another one whenever one ends.
   * @param first  the one that is there already
   */
  async function keep(
    what: string,
    role: 'reader' | 'writer',
    start: () => Promise<Reader | Writer>,
    first?: Reader | Writer,
  ): Promise<void> {
    let pause = shortestPauseMs;
    for (let child = first; !closing; ) {
      const began = performance.now();
      child ??= await start().catch((error: unknown) => {
        if (!closing) logger.error(asTandemError(error), `${what} could not be started`);
        return undefined;
      });
      const why = await child?.ended;
      if (closing) return;
      if (child !== undefined) {
        logger.error({ pid: child.pid, why }, `${what} ended and is replaced`);
        restarts[role]++;
      }
      pause = performance.now() - began > healthyMs ? shortestPauseMs : Math.min(longestPauseMs, 2 * pause);
      child = undefined;
      await delay(pause, undefined, { ref: false });
    }
  }

  async function closeAll(): Promise<void> {
    closing = true;
    for (const child of opening) child.kill();
    // a reader has writes in flight until it is closed
    await Promise.all([...readers.values()].map(closeChild));
    if (writer !== undefined) await closeChild(writer);
    shared?.close();
    await Promise.all([jobs?.close(), events?.close()]);
  }

  try {
    // side by side: after a kill each of them takes in all that was not saved
    const [writing, reading] = await Promise.all([options.writable ? startWriter() : undefined, startReader(0)]);
    if (writing !== undefined) void keep('the process that writes', 'writer', startWriter, writing);
    // the first one takes the port, the others share it and come when they are ready
    void keep('reader 0', 'reader', () => startReader(0), reading);
    for (let number = 1; number < workers; number++) void keep(`reader ${number}`, 'reader', () => startReader(number));
  } catch (error) {
    await closeAll();
    throw error;
  }
  logger.info({ readers: workers, writer: options.writable === true }, 'served by several processes');
  const closed = new Promise<void>((resolve, reject) => {
    const end = (): void => void closeAll().then(resolve, reject);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  const reread = async (): Promise<void> => {
    await Promise.all([...readers.values()].map(reader => reader.ask('reread').catch(() => undefined)));
  };
  const service = {
    metrics: calls.metrics,
    ready: async () => {
      const [reader] = readers.values();
      if (reader === undefined) throw new TandemError('server/not-ready', 'no process answers at present');
      return reader.ask('ready');
    },
  };
  return { url, closed, reread, service };
}

/** A port that one reader after the other can take. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, 'listening').catch(() => undefined);
  const address = server.address();
  server.close();
  // what is wrong with the host is told where it is listened on
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeChild(child: Reader | Writer): Promise<void> {
  const patience = new AbortController();
  const close = (child as Pick<Writer, 'ask'>).ask('close').catch(() => undefined);
  await Promise.race([close, delay(closeMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  child.release();
  const ended = new AbortController();
  const end = delay(1_000, undefined, { signal: ended.signal }).then(
    () => child.kill(),
    () => undefined,
  );
  await child.ended;
  ended.abort();
  await end;
}
