import type { DuckDBConnection } from '@duckdb/node-api';
import type { LabelRules } from '../../src/config/labels.js';
import { readFigure } from '../event-steps.js';
import { harvestInterventions, type MovedDocument } from './interventions.js';

/** What people do at a rank. */
export interface RankPropensity {
  /** from 1; the last one stands for those below it too */
  readonly rank: number;
  readonly views: number;
  readonly clicks: number;
  /** how much people look there, beside the first rank */
  readonly propensity: number;
  /** ends of a 95% interval; absent where the propensity is no estimate with one */
  readonly low?: number;
  readonly high?: number;
  /** what a click there counts: 1 / propensity, at most `maxWeight` */
  readonly weight: number;
}

export interface Propensities {
  readonly correction: Exclude<LabelRules['correction'], 'auto'>;
  /** why it was taken, for people */
  readonly reason: string;
  readonly ranks: readonly RankPropensity[];
  /** queries and documents that were shown at several ranks and clicked, and their clicks */
  readonly moved: number;
  readonly movedClicks: number;
}

/** Ranks below this one count as this one. */
export const deepestRank = 50;
/** Queries and documents that interventions are harvested from at most: more would tell next to nothing. */
const mostMoved = 200_000;
/** A propensity is known where its logarithm has at most this standard error: it is then off by half of itself at most, in 95 of 100 cases. */
const knownError = 0.25;
/** Interventions are enough where ranks of known propensity hold so much of the clicks. */
const knownShare = 0.9;

/** How much people look at each rank, from the tables that `storeViews` made. */
export async function findPropensities(
  connection: DuckDBConnection,
  { correction, maxWeight }: LabelRules,
): Promise<Propensities> {
  const seen = await readRanks(connection);
  const { documents, moved, movedClicks } = await readMoved(connection);
  const result = (taken: Propensities['correction'], reason: string, estimates: readonly Estimate[]): Propensities => ({
    correction: taken,
    reason,
    moved,
    movedClicks,
    ranks: seen.map((rank, i) => ({
      ...rank,
      ...estimates[i],
      weight: Math.min(maxWeight, 1 / estimates[i].propensity),
    })),
  });
  if (correction === 'none') {
    return result(
      'none',
      'it was asked for',
      seen.map(() => ({ propensity: 1 })),
    );
  }
  if (correction === 'cascade') return result('cascade', 'it was asked for', await cascade(connection, seen.length));
  const { values, errors } = harvestInterventions(documents, seen.length);
  const estimates = seen.map((_, i) => estimateOf(values[i], errors[i]));
  if (correction === 'interventions') return result('interventions', 'it was asked for', estimates);
  const share = shareKnown(seen, errors);
  const shown = `${moved} documents were shown at several ranks for one query and clicked (${movedClicks} clicks), which tells the propensities of ranks with ${percent(share)} of all clicks`;
  if (share >= knownShare) return result('interventions', shown, estimates);
  return result('cascade', `${shown}, and ${percent(knownShare)} are needed`, await cascade(connection, seen.length));
}

interface Estimate {
  readonly propensity: number;
  readonly low?: number;
  readonly high?: number;
}

type SeenRank = Pick<RankPropensity, 'rank' | 'views' | 'clicks'>;

const percent = (share: number): string => `${Math.round(100 * share)}%`;

/** Two-sided 95% of the normal distribution. */
const z = 1.96;

const estimateOf = (value: number, error: number): Estimate => ({
  propensity: Math.exp(value),
  low: Math.exp(value - z * error),
  high: Math.exp(value + z * error),
});

function shareKnown(seen: readonly SeenRank[], errors: Float64Array): number {
  const clicks = seen.reduce((sum, rank) => sum + rank.clicks, 0);
  const known = seen.reduce((sum, rank, i) => sum + (errors[i] <= knownError ? rank.clicks : 0), 0);
  return clicks === 0 ? 0 : known / clicks;
}

const rankOf = `least(rank, ${deepestRank})`;

/** Every rank from 1 to the deepest one that was shown. */
async function readRanks(connection: DuckDBConnection): Promise<SeenRank[]> {
  const rows = await readNumbers(
    connection,
    `SELECT ${rankOf}, sum(views), sum(clicks) FROM tallies GROUP BY 1 ORDER BY 1`,
  );
  const known = new Map(rows.map(([rank, views, clicks]) => [rank, { views, clicks }]));
  const deepest = rows.at(-1)?.[0] ?? 0;
  return Array.from({ length: deepest }, (_, i) => ({
    rank: i + 1,
    ...(known.get(i + 1) ?? { views: 0, clicks: 0 }),
  }));
}

/** Of very many a part is read that their hash draws, whatever the order of the rows. */
async function readMoved(
  connection: DuckDBConnection,
): Promise<{ readonly documents: MovedDocument[]; readonly moved: number; readonly movedClicks: number }> {
  await connection.run(`CREATE TABLE moved AS
    WITH ranked AS (
      SELECT key, country, document, ${rankOf} AS rank, sum(views) AS views, sum(clicks) AS clicks
      FROM tallies GROUP BY ALL
    )
    SELECT key, country, document, list(rank ORDER BY rank) AS ranks, list(views::DOUBLE ORDER BY rank) AS views,
      list(clicks::DOUBLE ORDER BY rank) AS clicks, sum(clicks) AS total
    FROM ranked GROUP BY key, country, document HAVING count(*) > 1 AND sum(clicks) > 0`);
  const moved = await readFigure(connection, 'SELECT count(*) FROM moved');
  const movedClicks = await readFigure(connection, 'SELECT sum(total) FROM moved');
  const part = Math.max(1, Math.ceil(moved / mostMoved));
  const result = await connection.stream(
    `SELECT ranks, views, clicks FROM moved WHERE hash(key, country, document) % ${part} = 0 ORDER BY key, country, document`,
  );
  const documents: MovedDocument[] = [];
  for await (const batch of result.yieldRowsJs())
    for (const [ranks, views, clicks] of batch)
      documents.push({ ranks: numbersOf(ranks), views: numbersOf(views), clicks: numbersOf(clicks) });
  await connection.run('DROP TABLE moved');
  return { documents, moved, movedClicks };
}

const numbersOf = (list: unknown): number[] => (Array.isArray(list) ? list.map(Number) : []);

/**
 * The cascade model (Craswell, Zoeter, Taylor & Ramsey, WSDM 2008; with several clicks Guo, Liu & Wang, WSDM 2009): people look at an answer
 * from the top. Where they clicked they looked no further than their last click, where they clicked nothing at all of it. The propensity of a rank
 * is the share of its views that were looked at, nowhere more than above it.
 */
async function cascade(connection: DuckDBConnection, ranks: number): Promise<Estimate[]> {
  const rows = await readNumbers(
    connection,
    `WITH answers AS (SELECT session, key, country, max(rank) FILTER (gain > 0) AS last FROM trials GROUP BY session, key, country)
    SELECT ${rankOf}, count_if(last IS NULL OR last >= rank) / count(*)
    FROM trials JOIN answers USING (session, key, country) GROUP BY 1 ORDER BY 1`,
  );
  const shares = new Map(rows.map(([rank, share]) => [rank, share]));
  let propensity = 1;
  return Array.from({ length: ranks }, (_, i) => {
    propensity = Math.min(propensity, shares.get(i + 1) ?? propensity);
    return { propensity };
  });
}

async function readNumbers(connection: DuckDBConnection, sql: string): Promise<number[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowsJS().map(row => row.map(Number));
}
