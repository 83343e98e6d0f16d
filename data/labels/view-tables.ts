import type { DuckDBConnection } from '@duckdb/node-api';
import type { LabelRules } from '../../src/config/labels.js';
import { attributedTable, hourMs, type LeftOutEvents, readFigure, stepsOf } from '../event-steps.js';
import type { StoredEvents } from '../sources/event-store.js';

/** What was seen of a log, and what was left out on the way. */
export interface ViewCounts extends LeftOutEvents {
  /** impressions whose rank is not told */
  readonly withoutRank: number;
  /** impressions, and events that an impression leads to at once, which no query leads to */
  readonly unattributed: number;
  /** clicks on what no impression before them shows */
  readonly withoutImpression: number;
  /** distinct (session, query, document, rank) */
  readonly views: number;
  /** those that led to something */
  readonly clicks: number;
}

/** Steps of events as they are stored: the search, what is worth something, the impression. */
export const labelChain = ({ search, gains, impression }: LabelRules): string[] => [
  search,
  ...gains.map(({ type }) => type),
  impression,
];

/**
 * Makes, of the table `read_events`:
 * - `trials`: each view once, that is (session, key, country, document, rank), with the greatest gain that it led to in time, 0 for none;
 * - `tallies`: (key, country, document, rank) with `query`, `views`, `clicks` and the sum of `gains`.
 *
 * A click belongs to the latest impression of its document for its query in its session until then; what follows on the document in the
 * session belongs to the click.
 */
export async function storeViews(
  connection: DuckDBConnection,
  rules: LabelRules,
  read: StoredEvents,
): Promise<ViewCounts> {
  const figure = (sql: string): Promise<number> => readFigure(connection, sql);
  const impression = rules.gains.length + 1;
  const left = await stepsOf(connection, read, rules.maxSessionEvents);
  await connection.run(attributedTable('impressions', impression));
  await connection.run(attributedTable('clicked', 1));
  const found = `SELECT count(*) FROM steps WHERE step IN (1, ${impression}) AND document <> ''`;
  const unattributed =
    (await figure(found)) -
    (await figure('SELECT (SELECT count(*) FROM impressions) + (SELECT count(*) FROM clicked)'));
  await connection.run(shownTable);
  await connection.run(ledTable);
  await connection.run(trialsTable(rules));
  const withoutRank = await figure('SELECT count(*) FROM impressions WHERE rank = 0');
  const withoutImpression = await figure('SELECT (SELECT count(*) FROM clicked) - (SELECT count(*) FROM led)');
  for (const table of ['steps', 'impressions', 'clicked', 'led']) await connection.run(`DROP TABLE ${table}`);
  await connection.run(talliesTable);
  return {
    ...left,
    withoutRank,
    unattributed,
    withoutImpression,
    views: await figure('SELECT count(*) FROM trials'),
    clicks: await figure('SELECT count(*) FROM trials WHERE gain > 0'),
  };
}

/** Of impressions of one document at one moment the highest place counts, so that the order of the rows has no say. */
const shownTable = `CREATE TABLE shown AS
  SELECT session, key, document, t, min(rank) AS rank, max(country) AS country, min(query) AS query
  FROM impressions WHERE rank > 0 GROUP BY session, key, document, t`;

const ledTable = `CREATE TABLE led AS
  SELECT c.session, c.key, s.country, c.document, s.rank, c.t0, c.t FROM clicked c
  ASOF JOIN shown s ON c.session = s.session AND c.key = s.key AND c.document = s.document AND c.t >= s.t`;

const trialsTable = ({ gains, windowHours }: LabelRules): string => `CREATE TABLE trials AS
  WITH worth AS (SELECT * FROM (VALUES ${gains.map(({ gain }, i) => `(${i + 1}, ${gain})`).join(', ')}) AS t(step, gain)),
  later AS (SELECT session, document, t, gain FROM steps JOIN worth USING (step) WHERE step > 1 AND document <> ''),
  reached AS (
    SELECT session, key, country, document, rank, ${gains[0].gain} AS gain FROM led WHERE t - t0 <= ${windowHours * hourMs}
    UNION ALL
    SELECT l.session, l.key, l.country, l.document, l.rank, e.gain FROM led l
    JOIN later e ON l.session = e.session AND l.document = e.document
      AND e.t >= l.t AND e.t - l.t0 <= ${windowHours * hourMs}
  ),
  outcomes AS (
    SELECT session, key, country, document, rank, max(gain) AS gain
    FROM reached GROUP BY session, key, country, document, rank
  ),
  views AS (
    SELECT session, key, country, document, rank, min(query) AS query
    FROM shown GROUP BY session, key, country, document, rank
  )
  SELECT v.*, coalesce(o.gain, 0) AS gain FROM views v LEFT JOIN outcomes o USING (session, key, country, document, rank)`;

const talliesTable = `CREATE TABLE tallies AS
  SELECT key, country, document, rank, min(query) AS query, count(*) AS views,
    count_if(gain > 0) AS clicks, sum(gain) AS gains
  FROM trials GROUP BY key, country, document, rank`;
