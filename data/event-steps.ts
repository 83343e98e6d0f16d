import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredEvents } from './sources/event-store.js';

export const hourMs = 3_600_000;

/** What was left out of a log before its events were joined. */
export interface LeftOutEvents {
  readonly rows: number;
  /** rows equal to another one */
  readonly duplicates: number;
  /** sessions with more events than may be, and their events; what follows is of the other sessions */
  readonly longSessions: number;
  readonly longSessionEvents: number;
  /** events whose type has no step */
  readonly otherTypes: number;
  readonly searchesWithoutQuery: number;
  /** events of a step after the search that name no document */
  readonly withoutDocument: number;
}

/** Makes the table `steps` of `read_events`: distinct events, t in ms, without those of long sessions. */
export async function stepsOf(
  connection: DuckDBConnection,
  { rows, unit }: StoredEvents,
  maxSessionEvents: number,
): Promise<LeftOutEvents> {
  const figure = (sql: string): Promise<number> => readFigure(connection, sql);
  await connection.run(`CREATE TABLE events AS SELECT DISTINCT * EXCLUDE (counted)
    REPLACE (CASE WHEN counted THEN t * ${unit} ELSE t END AS t) FROM read_events`);
  await connection.run('DROP TABLE read_events');
  const stored = await figure('SELECT count(*) FROM events');
  await connection.run(longSessions(maxSessionEvents));
  await connection.run(stepsTable);
  await connection.run('DROP TABLE events');
  return {
    rows,
    duplicates: rows - stored,
    longSessions: await figure('SELECT count(*) FROM long_sessions'),
    longSessionEvents: await figure('SELECT sum(events) FROM long_sessions'),
    otherTypes: await figure('SELECT count(*) FROM steps WHERE step < 0'),
    searchesWithoutQuery: await figure("SELECT count(*) FROM steps WHERE step = 0 AND key = ''"),
    withoutDocument: await figure("SELECT count(*) FROM steps WHERE step > 0 AND document = ''"),
  };
}

const longSessions = (most: number): string =>
  `CREATE TABLE long_sessions AS SELECT session, count(*) AS events FROM events GROUP BY session HAVING count(*) > ${most}`;

const stepsTable = `CREATE TABLE steps AS
  SELECT session, t, step, key, query, country, document, rank FROM events ANTI JOIN long_sessions USING (session)`;

/**
 * Events of a step with the query that led to them: session, document, t0 (of the search), t, key, query, country, rank. Of searches at one
 * moment the greatest text counts, so that the order of the rows has no say; a search without a query is a search too, and what follows it
 * belongs to no query.
 */
export const attributedTable = (name: string, step: number): string => `CREATE TABLE ${name} AS
  WITH found AS (SELECT * FROM steps WHERE step = ${step} AND document <> ''),
  asked AS (SELECT session, key, t, max(country) AS country FROM steps WHERE step = 0 AND key <> '' GROUP BY session, key, t),
  latest AS (
    SELECT session, t, max({'key': key, 'query': query, 'country': country}) AS search
    FROM steps WHERE step = 0 GROUP BY session, t
  )
  SELECT c.session, c.document, coalesce(s.t, c.t) AS t0, c.t, c.key, c.query,
    coalesce(nullif(c.country, ''), s.country, '') AS country, c.rank
  FROM (SELECT * FROM found WHERE key <> '') c
  ASOF LEFT JOIN asked s ON c.session = s.session AND c.key = s.key AND c.t >= s.t
  UNION ALL
  SELECT c.session, c.document, l.t AS t0, c.t, l.search.key, l.search.query,
    coalesce(nullif(c.country, ''), l.search.country) AS country, c.rank
  FROM (SELECT * FROM found WHERE key = '') c
  ASOF JOIN latest l ON c.session = l.session AND c.t >= l.t
  WHERE l.search.key <> ''`;

/** One number; null, the sum of nothing, is 0. */
export async function readFigure(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRowsJS()[0][0] ?? 0);
}
