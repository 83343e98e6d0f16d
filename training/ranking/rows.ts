import type { EnsembleFeature } from '../../src/ranking/trees/ensemble.js';

/** What a ranker learns from: candidates of queries, a row each, those of a query one behind the other. */
export interface RankingRows {
  readonly features: readonly EnsembleFeature[];
  /** by feature, a value a row; NaN is missing */
  readonly columns: readonly Float32Array[];
  /** by row, >= 0: what nDCG counts for the document, as it is */
  readonly gains: Float64Array;
  /** [queries + 1] query q has the rows groups[q] .. groups[q + 1] */
  readonly groups: Uint32Array;
  /** by query, > 0; 1 when absent */
  readonly weights?: Float64Array;
}
