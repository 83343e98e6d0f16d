import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs';
import type { RecorderBackend } from '../backend.js';
import type { Tf } from '../tensorflow.js';

/** What a mapped kernel is given: its inputs as symbols, its attributes, the backend to append nodes to. */
export interface KernelCall {
  readonly tf: Tf;
  readonly backend: RecorderBackend;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attributes: NamedAttrMap;
}

/** Appends the ONNX nodes of one kernel. @returns the kernel's output, or outputs */
export type Kernel = (call: KernelCall) => TensorInfo | TensorInfo[];

export type KernelTable = Readonly<Record<string, Kernel>>;

/** Shape of a reduction's result. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}

export const broadcastShape = (tf: Tf, a: readonly number[], b: readonly number[]): number[] =>
  tf.backend_util.assertAndGetBroadcastShape([...a], [...b]);
