import type { DataType, TensorInfo } from '@tensorflow/tfjs';
import { type Kernel, type KernelCall, type KernelTable, scalar } from './kernel.js';

/** A tensor of one value: a scalar constant spread by Expand, which costs nothing in the file. */
function filled(call: KernelCall, shape: readonly number[], value: number, dtype: DataType): TensorInfo {
  const { backend } = call;
  const { graph } = backend;
  const one = scalar(call, value, dtype);
  const name = shape.length === 0 ? one : graph.node('Expand', [one, graph.integers(shape)]);
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
