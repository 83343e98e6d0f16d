import type { DuckDBConnection } from '@duckdb/node-api';
import type { LabelRules } from '../../src/config/labels.js';
import type { EventRow, QueryRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { loadDuckDB } from '../sources/duckdb.js';
import { storeEvents, watched, withDatabase } from '../sources/event-store.js';
import type { SourcedRow } from '../sources/parse-row.js';
import { queryId } from '../split.js';
import { deepestRank, findPropensities, type Propensities } from './propensities.js';
import { labelChain, storeViews, type ViewCounts } from './view-tables.js';

export interface LabelLog {
  /** the file, for messages */
  readonly path: string;
  readonly rows: AsyncIterable<SourcedRow<EventRow>>;
  readonly rules: LabelRules;
  /** a folder that is made for the work and removed after it */
  readonly scratch: string;
  /** called several times a second while the events are joined; when it throws, the work ends and throws the same */
  readonly watch?: () => void;
  /** called with a sentence about how the log was read */
  readonly onNote?: (note: string) => void;
}

/** A query with its judgements. */
export interface LabelledQuery {
  readonly query: QueryRow;
  /** document -> gain; in the order of the documents */
  readonly gains: ReadonlyMap<string, number>;
}

export interface LabelOutcome {
  readonly events: ViewCounts;
  readonly propensities: Propensities;
}

/**
 * Judgements of the queries of an event log. A document that was shown n times for a query, at the ranks k_i, and gained g_i there, is worth
 *
 *   scale * Σ g_i w_i / (n + priorLooks * mean w_i),   w_i = min(maxWeight, 1 / p(k_i)),
 *
 * rounded: its gain at each look, by clipped inverse propensity weights (Joachims, Swaminathan & Schnabel, WSDM 2017), as if it had been looked at
 * `priorLooks` times more without a click. Documents that were shown and gained nothing are judged 0; those that were not shown are not judged.
 * Queries without any judgement above 0 are left out.
 * @throws TandemError 'package/unavailable' without DuckDB; while drawn: 'data/no-impressions' | 'data/empty' | 'data/malformed-row' | as `readRows`
 */
export function labelEvents({ path, rows, rules, scratch, watch = () => {}, onNote }: LabelLog): {
  readonly queries: AsyncIterable<LabelledQuery>;
  /** there once the first query was drawn */
  outcome(): LabelOutcome | undefined;
} {
  loadDuckDB(); // what is missing is told of before anything is read
  let outcome: LabelOutcome | undefined;
  const draw = async function* (connection: DuckDBConnection): AsyncGenerator<LabelledQuery> {
    const read = await storeEvents(connection, path, rows, labelChain(rules), onNote);
    outcome = await watched(
      connection,
      async () => {
        const events = await storeViews(connection, rules, read);
        checkViews(path, rules, events);
        watch(); // what comes now leaves a timer no chance
        const propensities = await findPropensities(connection, rules);
        await storeJudgements(connection, rules, propensities);
        return { events, propensities };
      },
      watch,
    );
    let judged = 0;
    for await (const query of streamQueries(connection)) {
      judged++;
      yield query;
    }
    if (judged > 0) return;
    const message = `${path}: every judgement is rounded to 0 at a scale of ${rules.scale}`;
    throw new TandemError('data/empty', message, { path, scale: rules.scale });
  };
  return { queries: withDatabase(scratch, draw), outcome: () => outcome };
}

/** @throws TandemError 'data/no-impressions' | 'data/empty' */
function checkViews(
  path: string,
  { impression, gains, windowHours, maxSessionEvents }: LabelRules,
  events: ViewCounts,
): void {
  if (events.views === 0) {
    const why =
      events.withoutRank > 0
        ? `none of the ${events.withoutRank} impressions has a rank`
        : `no event of type ${impression} with a document belongs to a query`;
    const long =
      events.longSessions > 0
        ? `; ${events.longSessions} sessions with more than ${maxSessionEvents} events were left out`
        : '';
    throw new TandemError('data/no-impressions', `${path}: ${why}${long}`, { path, ...events });
  }
  if (events.clicks > 0) return;
  const message = `${path}: no event of type ${gains[0].type} follows an impression of its document within ${windowHours} h`;
  throw new TandemError('data/empty', message, { path, ...events });
}

async function storeJudgements(
  connection: DuckDBConnection,
  { priorLooks, scale }: LabelRules,
  { ranks }: Propensities,
): Promise<void> {
  const weights = ranks.map(({ rank, weight }) => `(${rank}, ${weight}::DOUBLE)`).join(', ');
  await connection.run(`CREATE TABLE judgements AS
    WITH weights AS (SELECT * FROM (VALUES ${weights}) AS t(place, weight))
    SELECT key, country, document, min(query) AS query,
      round(${scale} * sum(gains * weight ORDER BY rank)
        / (sum(views) + ${priorLooks} * sum(views * weight ORDER BY rank) / sum(views)))::BIGINT AS gain
    FROM tallies JOIN weights ON place = least(rank, ${deepestRank})
    GROUP BY key, country, document`);
}

/** In the order of key, country and document. */
async function* streamQueries(connection: DuckDBConnection): AsyncGenerator<LabelledQuery> {
  const result = await connection.stream(`WITH told AS (
      SELECT key, country, min(query) AS query FROM judgements GROUP BY key, country HAVING max(gain) > 0
    )
    SELECT key, country, told.query, document, gain FROM judgements JOIN told USING (key, country)
    ORDER BY key, country, document`);
  let open:
    | { readonly key: string; readonly country: string; readonly query: string; readonly gains: Map<string, number> }
    | undefined;
  for await (const batch of result.yieldRowsJs()) {
    for (const row of batch) {
      const [key, country, query, document] = row.map(String);
      if (open !== undefined && (open.key !== key || open.country !== country)) {
        yield labelled(open);
        open = undefined;
      }
      open ??= { key, country, query, gains: new Map() };
      open.gains.set(document, Number(row[4]));
    }
  }
  if (open !== undefined) yield labelled(open);
}

function labelled({
  query: text,
  country,
  gains,
}: {
  readonly query: string;
  readonly country: string;
  readonly gains: ReadonlyMap<string, number>;
}): LabelledQuery {
  if (country === '') return { query: { id: queryId(text), text }, gains };
  return { query: { id: queryId(text, country), text, country }, gains };
}
