/** A dense parameter, float32, row-major. */
export interface DenseParameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
