import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventRow, PairRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { EventRules } from './event-rules.js';
import { attributedTable, hourMs, readFigure, stepsOf } from './event-steps.js';
import type { EventsEntry } from './manifest.js';
import { loadDuckDB } from './sources/duckdb.js';
import { type StoredEvents, storeEvents, watched, withDatabase } from './sources/event-store.js';
import type { SourcedRow } from './sources/parse-row.js';

export interface EventLog {
  /** the file, for messages */
  readonly path: string;
  readonly rows: AsyncIterable<SourcedRow<EventRow>>;
  readonly rules: EventRules;
  /** a folder that is made for the work and removed after it */
  readonly scratch: string;
  /** called several times a second while the events are joined; when it throws, the join ends and throws the same */
  readonly watch?: () => void;
  /** called with a sentence about how the log was read */
  readonly onNote?: (note: string) => void;
}

export interface EventPairs {
  /** in the order of query, country and document */
  readonly pairs: AsyncIterable<SourcedRow<PairRow>>;
  /** complete once `pairs` was drawn to the end */
  outcome(): EventsEntry | undefined;
}

/**
 * Positive pairs of an event log, joined on disk. In a session, a search with a query at t0 is followed by each later step of the chain on
 * one document, at t0 <= t1 <= t2 ..., all within the window from t0. An event of the second step belongs to the query that it carries,
 * else to the session's latest search until then; one that carries a query the session never searched for stands for that search too
 * (t0 = t1). Of later steps the earliest that follows is taken. A session counts once for a query and a document, and
 * weight = sessions / most sessions of any pair.
 * @throws TandemError 'package/unavailable' without DuckDB; while drawn: 'data/malformed-row' | 'data/empty' (also where no session went through the chain) | as `readRows`
 */
export function pairEvents({ path, rows, rules, scratch, watch = () => {}, onNote }: EventLog): EventPairs {
  loadDuckDB(); // what is missing is told of before the documents are read
  let entry: EventsEntry | undefined;
  const draw = async function* (connection: DuckDBConnection): AsyncGenerator<SourcedRow<PairRow>> {
    const read = await storeEvents(connection, path, rows, rules.chain, onNote);
    entry = await watched(connection, () => joinEvents(connection, rules, read), watch);
    if (entry.pairs > 0) yield* streamPairs(connection);
    else throw nothingFound(path, entry);
  };
  return { pairs: withDatabase(scratch, draw), outcome: () => entry };
}

function nothingFound(path: string, { chain, windowHours, ...counts }: EventsEntry): TandemError {
  const message = `${path}: no session goes through ${chain.join(', ')} on one document within ${windowHours} h`;
  return new TandemError('data/empty', message, { path, chain, windowHours, ...counts });
}

/** Makes the table `pairs` and counts what was left out on the way. */
async function joinEvents(connection: DuckDBConnection, rules: EventRules, read: StoredEvents): Promise<EventsEntry> {
  const { chain, windowHours, maxSessionEvents } = rules;
  const figure = (sql: string): Promise<number> => readFigure(connection, sql);
  const left = await stepsOf(connection, read, maxSessionEvents);
  await connection.run(attributedTable('reached_1', 1));
  const attributed = await figure('SELECT count(*) FROM reached_1');
  for (let step = 2; step < chain.length; step++) {
    await connection.run(reachedNext(step, windowHours * hourMs));
    await connection.run(`DROP TABLE reached_${step - 1}`);
  }
  const inTime = `reached_${chain.length - 1} WHERE t - t0 <= ${windowHours * hourMs}`;
  const finished = await figure(`SELECT count(*) FROM ${inTime}`);
  await connection.run(positivesTable(inTime));
  await connection.run(pairsTable);
  const clicks = await figure("SELECT count(*) FROM steps WHERE step = 1 AND document <> ''");
  return {
    chain: [...chain],
    windowHours,
    maxSessionEvents,
    ...left,
    unattributed: clicks - attributed,
    brokenChains: attributed - finished,
    positives: await figure('SELECT count(*) FROM positives'),
    pairs: await figure('SELECT count(*) FROM pairs'),
  };
}

/** Those that go on to a step, with the time of the earliest event of it. */
const reachedNext = (step: number, windowMs: number): string => `CREATE TABLE reached_${step} AS
  SELECT r.session, r.document, r.t0, e.t, r.key, r.query, r.country
  FROM reached_${step - 1} r
  ASOF JOIN (SELECT session, document, t FROM steps WHERE step = ${step} AND document <> '') e
  ON r.session = e.session AND r.document = e.document AND r.t <= e.t
  WHERE e.t - r.t0 <= ${windowMs}`;

const positivesTable = (reached: string): string => `CREATE TABLE positives AS
  SELECT session, key, country, document, min(query) AS query FROM ${reached} GROUP BY session, key, country, document`;

const pairsTable = `CREATE TABLE pairs AS
  SELECT key, country, document, min(query) AS query, count(*) AS sessions FROM positives GROUP BY key, country, document`;

async function* streamPairs(connection: DuckDBConnection): AsyncGenerator<SourcedRow<PairRow>> {
  const most = await readFigure(connection, 'SELECT max(sessions) FROM pairs');
  const ordered = 'SELECT query, country, document, sessions FROM pairs ORDER BY key, country, document';
  const result = await connection.stream(ordered);
  let line = 0;
  for await (const batch of result.yieldRowsJs()) {
    for (const [query, country, document, sessions] of batch) {
      const pair = { query: String(query), documentId: String(document), weight: Number(sessions) / most };
      yield { line: ++line, row: country === '' ? pair : { ...pair, country: String(country) } };
    }
  }
}
