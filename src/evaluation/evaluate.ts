import { TandemError } from '../errors/tandem-error.js';
import {
  averagePrecision,
  condense,
  type Judgements,
  judgedShare,
  type Metric,
  ndcg,
  precision,
  type Ranking,
  recall,
  reciprocalRank,
  success,
} from './metrics.js';
import type { Qrels, Run } from './trec.js';

const metricsByName = {
  nDCG: ndcg,
  MRR: reciprocalRank,
  Recall: recall,
  Precision: precision,
  MAP: averagePrecision,
  success,
  judged: judgedShare,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metricsByName;

/** Which metrics, and the K of each: `{ Recall: [10, 100] }` gives `Recall@10` and `Recall@100`. */
export type Cutoffs = Readonly<Partial<Record<MetricName, readonly number[]>>>;

/** What is reported unless a caller asks for something else. */
export const defaultCutoffs: Cutoffs = { nDCG: [10], MRR: [10], Recall: [10, 100], judged: [10] };

export interface EvaluateOptions {
  /** least gain that counts as relevant for all metrics but nDCG and judged; default 1 */
  readonly relevanceLevel?: number;
  readonly cutoffs?: Cutoffs;
  /** adds `condensed.<name>`: the same metric after unjudged documents were dropped from the run */
  readonly condensed?: boolean;
}

/** Figures by name, such as `nDCG@10` or `condensed.nDCG@10`. */
export type Figures = Readonly<Record<string, number>>;
/** Figures of each query by its id. */
export type MetricTable = ReadonlyMap<string, Figures>;

export interface Evaluation {
  /** queries with judgements: what every mean is taken over */
  readonly queries: number;
  /** those of them for which the run holds at least one document */
  readonly answered: number;
  readonly perQuery: MetricTable;
  readonly means: Figures;
}

/**
 * Measures a run by judgements. A judged query that the run lacks counts 0; so does one without a relevant document
 * (but in judged@K); queries of the run without judgements are ignored.
 * @throws TandemError 'evaluation/no-queries' (no judgements), 'evaluation/nothing-in-common' (a run that answers none of the judged queries),
 *   'evaluation/duplicate-document', 'usage/bad-value' (a K below 1)
 */
export function evaluateRun(run: Run, qrels: Qrels, options: EvaluateOptions = {}): Evaluation {
  const { relevanceLevel = 1, cutoffs = defaultCutoffs, condensed = false } = options;
  const columns = columnsOf(cutoffs);
  refuseOtherQueries(run, qrels);
  const perQuery = new Map<string, Figures>();
  let answered = 0;
  for (const [query, judgements] of qrels) {
    const ranking = rankingOf(query, run.get(query) ?? []);
    if (ranking.length > 0) answered++;
    const figures = measure(ranking, judgements, columns, relevanceLevel);
    perQuery.set(
      query,
      condensed ? { ...figures, ...measureCondensed(ranking, judgements, columns, relevanceLevel) } : figures,
    );
  }
  return { queries: perQuery.size, answered, perQuery, means: meanFigures(perQuery) };
}

/** Figures of a run and judgements that name other queries would all be 0, and say nothing. */
function refuseOtherQueries(run: Run, qrels: Qrels): void {
  if (run.size === 0 || qrels.size === 0) return;
  for (const query of run.keys()) if (qrels.has(query)) return;
  const [answered] = run.keys();
  throw otherQueries(answered, qrels);
}

/** @param first  the first query that was asked */
export function otherQueries(first: string, qrels: Qrels): TandemError {
  const [judged] = qrels.keys();
  return new TandemError(
    'evaluation/nothing-in-common',
    `none of the queries is judged: the first that was asked has the id '${first}', the first that is judged '${judged}'`,
  );
}

/**
 * Whether any document of a run is judged for its query; where none is, the ids of the run and of the judgements are most likely of two kinds.
 */
export function namesJudgedDocuments(run: Run, qrels: Qrels): boolean {
  for (const [query, hits] of run) {
    const judgements = qrels.get(query);
    if (judgements !== undefined && hits.some(({ id }) => judgements.has(id))) return true;
  }
  return false;
}

/**
 * Mean of every figure over the queries of a table.
 * @throws TandemError 'evaluation/no-queries'
 */
export function meanFigures(table: MetricTable): Figures {
  const rows = [...table.values()];
  if (rows.length === 0) throw new TandemError('evaluation/no-queries', 'there is no judged query to take a mean over');
  const mean = (name: string): number => rows.reduce((sum, row) => sum + row[name], 0) / rows.length;
  return Object.fromEntries(Object.keys(rows[0]).map(name => [name, mean(name)]));
}

interface Column {
  readonly name: string;
  readonly metric: Metric;
  readonly K: number;
}

function columnsOf(cutoffs: Cutoffs): Column[] {
  return Object.entries(metricsByName).flatMap(([name, metric]) =>
    (cutoffs[name as MetricName] ?? []).map(K => {
      if (!Number.isInteger(K) || K < 1) {
        throw new TandemError('usage/bad-value', `${name}@K: K must be a whole number of at least 1, got ${K}`);
      }
      return { name: `${name}@${K}`, metric, K };
    }),
  );
}

function rankingOf(query: string, hits: readonly { readonly id: string }[]): Ranking {
  const ranking = hits.map(hit => hit.id);
  if (new Set(ranking).size === ranking.length) return ranking;
  const twice = ranking.find((id, i) => ranking.indexOf(id) !== i);
  throw new TandemError(
    'evaluation/duplicate-document',
    `query ${query}: document ${twice} stands more than once in the run`,
    {
      query,
      document: twice,
    },
  );
}

const measure = (ranking: Ranking, judgements: Judgements, columns: readonly Column[], level: number): Figures =>
  Object.fromEntries(columns.map(({ name, metric, K }) => [name, metric(ranking, judgements, K, level)]));

/** judged@K is left out: on a condensed list it says nothing but how long the list is. */
function measureCondensed(
  ranking: Ranking,
  judgements: Judgements,
  columns: readonly Column[],
  level: number,
): Figures {
  const told = columns
    .filter(column => column.metric !== judgedShare)
    .map(column => ({ ...column, name: `condensed.${column.name}` }));
  return measure(condense(ranking, judgements), judgements, told, level);
}
