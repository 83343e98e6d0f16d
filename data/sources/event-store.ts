import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { EventRow } from '../../src/config/rows.js';
import { openDatabaseFolder } from '../../src/files/plain-path.js';
import { isBlank, queryKey } from '../split.js';
import { loadDuckDB } from './duckdb.js';
import type { SourcedRow } from './parse-row.js';
import { createTimeUnit } from './time-unit.js';

/** A log may be larger than memory: tables stand in a file, and what a join cannot hold is spilled beside it. */
const memoryLimit = '512MB';
const threads = '4';

/** Opens a database in a folder of its own, hands it on, and removes both whatever happens. @throws TandemError 'package/unavailable' without DuckDB */
export async function* withDatabase<T>(
  folder: string,
  use: (connection: DuckDBConnection) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const { DuckDBInstance } = loadDuckDB();
  await mkdir(folder, { recursive: true });
  const database = await openDatabaseFolder(folder);
  try {
    const instance = await DuckDBInstance.create(join(database.path, 'events.duckdb'), {
      memory_limit: memoryLimit,
      threads,
      temp_directory: join(database.path, 'spilled'),
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    try {
      yield* use(connection);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database.release();
  }
}

/** Between two looks at whether the work is still wanted. */
const watchMs = 200;

/**
 * Runs statements that may take minutes, and ends them when `watch` throws.
 * @throws what `watch` throws, and whatever the work throws
 */
export async function watched<T>(connection: DuckDBConnection, work: () => Promise<T>, watch: () => void): Promise<T> {
  let unwanted: { readonly reason: unknown } | undefined;
  const timer = setInterval(() => {
    try {
      if (unwanted === undefined) watch();
    } catch (reason) {
      unwanted = { reason };
    }
    // again at each tick: the one before may have fallen between two statements
    if (unwanted !== undefined) connection.interrupt();
  }, watchMs);
  try {
    return await work();
  } catch (error) {
    throw unwanted === undefined ? error : unwanted.reason;
  } finally {
    clearInterval(timer);
  }
}

/** What was read of a log. */
export interface StoredEvents {
  readonly rows: number;
  /** milliseconds of a time that is counted */
  readonly unit: number;
}

/**
 * Puts events into the table `read_events`: session, t (ms since 1970), counted (t is a number in the unit of the log), step (place of the
 * type in the chain from 0, or -1), type (of a step -1), key and query (normalised, see queryKey), country, document, rank (0 where there is none); an absent text is ''.
 * @param path    of the log, for messages
 * @param onNote  called with what was told of the times
 * @throws TandemError 'data/malformed-row' for times in several units
 */
export async function storeEvents(
  connection: DuckDBConnection,
  path: string,
  rows: AsyncIterable<SourcedRow<EventRow>>,
  chain: readonly string[],
  onNote?: (note: string) => void,
): Promise<StoredEvents> {
  await connection.run(`CREATE TABLE read_events (session VARCHAR, t DOUBLE, counted BOOLEAN, step INTEGER, type VARCHAR,
    key VARCHAR, query VARCHAR, country VARCHAR, document VARCHAR, rank INTEGER)`);
  const steps = new Map(chain.map((type, step) => [type, step]));
  const unit = createTimeUnit(path);
  const appender = await connection.createAppender('read_events');
  let count = 0;
  try {
    for await (const { line, row } of rows) {
      unit.see(line, row.time);
      appendEvent(appender, row, steps.get(row.type) ?? -1);
      count++;
    }
  } finally {
    appender.closeSync();
  }
  const stored = { rows: count, unit: unit.inMilliseconds() };
  const note = unit.note();
  if (note !== undefined) onNote?.(note);
  return stored;
}

function appendEvent(appender: DuckDBAppender, event: EventRow, step: number): void {
  const { session, time, type, query = '', country = '', documentId = '', rank = 0 } = event;
  appender.appendVarchar(session);
  appender.appendDouble(Number(time));
  appender.appendBoolean(typeof time === 'number');
  appender.appendInteger(step);
  appender.appendVarchar(step < 0 ? type : '');
  appender.appendVarchar(isBlank(query) ? '' : queryKey(query));
  appender.appendVarchar(query.trim().replace(/\s+/gu, ' '));
  appender.appendVarchar(country);
  appender.appendVarchar(documentId);
  appender.appendInteger(rank);
  appender.endRow();
}
