import type { DataType, TensorInfo } from '@tensorflow/tfjs';
import { elementType } from '../backend.js';
import type { Kernel, KernelCall, KernelTable } from './kernel.js';

/** A tensor of one value: a scalar constant spread by Expand, which costs nothing in the file. */
function filled({ backend }: KernelCall, shape: readonly number[], value: number, dtype: DataType): TensorInfo {
  const { graph } = backend;
  const type = elementType(dtype);
  const values =
    type === 'float32' ? Float32Array.of(value) : type === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  const scalar = graph.constant(type, [], values);
  const name = shape.length === 0 ? scalar : graph.node('Expand', [scalar, graph.integers(shape)]);
  return backend.output(name, shape, dtype);
}

const fill: Kernel = call => {
  const { shape, value, dtype } = call.attributes as { shape: number[]; value: number; dtype?: DataType };
  return filled(call, shape, value, dtype ?? 'float32');
};

const like =
  (value: number): Kernel =>
  call =>
    filled(call, call.inputs.x.shape, value, call.inputs.x.dtype);

export const constantKernels: KernelTable = { Fill: fill, ZerosLike: like(0), OnesLike: like(1) };
