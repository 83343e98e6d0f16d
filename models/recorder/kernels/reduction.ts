import { type Kernel, type KernelTable, reducedShape } from './kernel.js';

/** Sum and friends: `axis` may be one number, several, or absent (all). */
const reduction =
  (op: string): Kernel =>
  ({ tf, backend, inputs: { x }, attributes }) => {
    const { graph } = backend;
    const axes = tf.util.parseAxisParam((attributes.axis ?? attributes.reductionIndices) as number | number[], x.shape);
    const keepDims = Boolean(attributes.keepDims);
    const name =
      axes.length === 0
        ? graph.node('Identity', [backend.nameOf(x)])
        : graph.node(op, [backend.nameOf(x), graph.integers(axes)], { keepdims: keepDims ? 1 : 0 });
    return backend.output(name, reducedShape(x.shape, axes, keepDims), x.dtype);
  };

const argReduction =
  (op: string): Kernel =>
  ({ tf, backend, inputs: { x }, attributes }) => {
    const [axis] = tf.util.parseAxisParam(attributes.axis as number, x.shape);
    const found = backend.graph.node(op, [backend.nameOf(x)], { axis, keepdims: 0 });
    const name = backend.graph.node('Cast', [found], { to: 6 });
    return backend.output(name, reducedShape(x.shape, [axis], false), 'int32');
  };

const softmax =
  (op: string, attribute: 'dim' | 'axis'): Kernel =>
  ({ backend, inputs: { logits }, attributes }) => {
    const axis = attributes[attribute] as number;
    return backend.output(backend.graph.node(op, [backend.nameOf(logits)], { axis }), logits.shape, 'float32');
  };

export const reductionKernels: KernelTable = {
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  ArgMax: argReduction('ArgMax'),
  ArgMin: argReduction('ArgMin'),
  Softmax: softmax('Softmax', 'dim'),
  LogSoftmax: softmax('LogSoftmax', 'axis'),
};
