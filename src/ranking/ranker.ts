import type { Candidate } from './candidate.js';
import type { RetrievedFeature } from './features/retrieved.js';

/** What is known of the candidates of one query, a row each. */
export interface CandidateTable {
  /** documents by row, each once: those of the token side in its order, then what the vectors alone found in theirs */
  readonly ids: readonly string[];
  /** A feature by row, NaN where it is not known; computed when it is first asked for. */
  column(feature: RetrievedFeature): Float64Array;
}

/**
 * What orders candidates. It sees numbers alone, so it knows neither an index nor a model; whoever serves it computes the features that it names,
 * and no others.
 */
export interface Ranker {
  /** candidates of each side that it looks at; what lies beyond follows behind them */
  readonly depth: number;
  readonly features: readonly RetrievedFeature[];
  /** A score for each row, higher is better; rows of equal score stay in their order. */
  rank(table: CandidateTable): Float64Array;
}

/** The candidates in the order of a ranker, best first. */
export function rankCandidates(ranker: Ranker, table: CandidateTable): Candidate[] {
  const scores = ranker.rank(table);
  return table.ids.map((id, row) => ({ id, score: scores[row] })).sort((a, b) => b.score - a.score);
}
