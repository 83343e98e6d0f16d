/** Values that are fed to a graph. */
export type FeedValues = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** One input of a graph: values, row-major, and their shape. */
export interface Feed {
  readonly values: FeedValues;
  readonly shape: readonly number[];
}
