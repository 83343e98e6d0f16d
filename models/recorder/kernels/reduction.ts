import type { DataType } from '@tensorflow/tfjs';
import { elementTypeCode } from '../onnx-proto.js';
import { castName, type Kernel, type KernelTable, reducedShape } from './kernel.js';

/** ONNX reduces and compares numbers: a truth value goes in as 0 or 1. */
const counted = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

/**
 * Sum and friends: `axis` may be one number, several, or absent (all).
 * @param dtypeOf  dtype of the result for that of the input
 */
const reduction =
  (op: string, dtypeOf: (dtype: DataType) => DataType): Kernel =>
  call => {
    const { tf, backend, inputs, attributes } = call;
    const { x } = inputs;
    const { graph } = backend;
    const dtype = dtypeOf(x.dtype);
    const axes = tf.util.parseAxisParam((attributes.axis ?? attributes.reductionIndices) as number | number[], x.shape);
    const keepDims = Boolean(attributes.keepDims);
    const number = castName(call, x, counted(dtype));
    const reduced =
      axes.length === 0 ? number : graph.node(op, [number, graph.integers(axes)], { keepdims: keepDims ? 1 : 0 });
    const name = dtype === 'bool' ? graph.node('Cast', [reduced], { to: elementTypeCode.bool }) : reduced;
    return backend.output(name, reducedShape(x.shape, axes, keepDims), dtype);
  };

const same = (dtype: DataType): DataType => dtype;

const argReduction =
  (op: string): Kernel =>
  call => {
    const { tf, backend, inputs, attributes } = call;
    const { x } = inputs;
    const [axis] = tf.util.parseAxisParam(attributes.axis as number, x.shape);
    const found = backend.graph.node(op, [castName(call, x, counted(x.dtype))], { axis, keepdims: 0 });
    const name = backend.graph.node('Cast', [found], { to: elementTypeCode.int32 });
    return backend.output(name, reducedShape(x.shape, [axis], false), 'int32');
  };

const softmax: Kernel = ({ backend, inputs: { logits }, attributes }) => {
  const name = backend.graph.node('Softmax', [backend.nameOf(logits)], { axis: attributes.dim as number });
  return backend.output(name, logits.shape, 'float32');
};

export const reductionKernels: KernelTable = {
  Sum: reduction('ReduceSum', counted),
  Mean: reduction('ReduceMean', () => 'float32'),
  Max: reduction('ReduceMax', same),
  Min: reduction('ReduceMin', same),
  Prod: reduction('ReduceProd', counted),
  ArgMax: argReduction('ArgMax'),
  ArgMin: argReduction('ArgMin'),
  Softmax: softmax,
};
