import type { Candidate } from './candidate.js';
import type { RetrievedFeature } from './features/retrieved.js';

/** What is known of the candidates of one query, a row each; of the sides of a search unless other features are named. */
export interface CandidateTable<F extends string = RetrievedFeature> {
  /** documents by row, each once, in the order in which equal scores stay */
  readonly ids: readonly string[];
  /** A feature by row, NaN where it is not known; computed when it is first asked for. */
  column(feature: F): Float64Array;
}

/**
 * What orders candidates. It sees numbers alone, so it knows neither an index nor a model; whoever serves it computes the features that it names,
 * and no others.
 */
export interface Ranker<F extends string = RetrievedFeature> {
  /** candidates that it looks at, of each list that it is given; what lies beyond follows behind them */
  readonly depth: number;
  readonly features: readonly F[];
  /** A score for each row, higher is better; rows of equal score stay in their order. */
  rank(table: CandidateTable<F>): Float64Array;
}

/** The candidates in the order of a ranker, best first. */
export function rankCandidates<F extends string>(
  ranker: Pick<Ranker<F>, 'rank'>,
  table: CandidateTable<F>,
): Candidate[] {
  const scores = ranker.rank(table);
  return table.ids.map((id, row) => ({ id, score: scores[row] })).sort((a, b) => b.score - a.score);
}
