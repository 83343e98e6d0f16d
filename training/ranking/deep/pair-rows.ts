/** What a network learns to order: the first candidates of queries, those of a query one behind the other. */
export interface PairRows {
  /** [queries + 1] query q has the rows groups[q] .. groups[q + 1] */
  readonly groups: Uint32Array;
  /** by query: float32 [D] */
  readonly queries: readonly Float32Array[];
  /** by row: float32 [D]; undefined where a document has no embedding */
  readonly documents: readonly (Float32Array | undefined)[];
  /** [rows * I], see src/ranking/learned/deep-inputs.ts */
  readonly inputs: Float32Array;
  /** by row: score of the ranker before */
  readonly first: Float32Array;
  /** by row, >= 0 */
  readonly gains: Float64Array;
  /** by query: the best discounted gain of all that was judged, over the first ten */
  readonly ideal: Float64Array;
}
