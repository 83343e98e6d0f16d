import type { DataType, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { elementType, type RecorderBackend } from '../backend.js';
import { elementTypeCode } from '../onnx-proto.js';
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

/** A kernel that is mapped, but not for these inputs. */
export const unsupported = (kernelName: string, why: string): TandemError =>
  new TandemError(
    'recorder/unmapped-kernel',
    `the TensorFlow.js kernel ${kernelName} is not mapped to ONNX for ${why}`,
    {
      kernelName,
    },
  );

/** A scalar constant of a dtype; a fraction is cut towards zero for int32, as TensorFlow.js stores it. */
export function scalar({ backend }: KernelCall, value: number, dtype: DataType): string {
  const type = elementType(dtype);
  const values =
    type === 'float32' ? Float32Array.of(value) : type === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  return backend.graph.constant(type, [], values);
}

/** The name of a tensor's value as another dtype; a Cast node only where they differ. */
export function castName({ backend }: KernelCall, x: TensorInfo, dtype: DataType): string {
  const name = backend.nameOf(x);
  return x.dtype === dtype ? name : backend.graph.node('Cast', [name], { to: elementTypeCode[elementType(dtype)] });
}

export const broadcastShape = (tf: Tf, a: readonly number[], b: readonly number[]): number[] =>
  tf.backend_util.assertAndGetBroadcastShape([...a], [...b]);
