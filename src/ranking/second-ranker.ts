import type { Candidate } from './candidate.js';

/** What is known of the candidates that a second ranking orders: the same, by the names of the whole catalogue of features. */
export interface FeatureTable {
  /** in the order of the first ranking */
  readonly ids: readonly string[];
  /**
   * A feature by row as a float32 holds it, NaN where it is not known: what is computed while serving, what is logged and what is learnt from are the
   * same numbers, bit for bit.
   * @throws TandemError 'ranker/unknown-feature'
   */
  column(feature: string): Float64Array;
}

/**
 * Orders anew what the first ranking found best. It sees numbers alone.
 */
export interface SecondRanker {
  /** candidates of the first ranking that it looks at, its best ones; what lies beyond follows behind them */
  readonly depth: number;
  /** of the catalogue, see features/catalogue.ts */
  readonly features: readonly string[];
  /** A score for each row, higher is better; rows of equal score stay in their order. */
  rank(table: FeatureTable): Float64Array;
}

/** The candidates that a second ranker saw, in its order. */
export function rankAgain(ranker: SecondRanker, table: FeatureTable): Candidate[] {
  const scores = ranker.rank(table);
  return table.ids.map((id, row) => ({ id, score: scores[row] })).sort((a, b) => b.score - a.score);
}
