import type { DataType, TensorInfo } from '@tensorflow/tfjs';
import { elementType } from '../backend.js';
import type { GraphBuilder } from '../graph-builder.js';
import { broadcastShape, castName, type Kernel, type KernelTable, scalar, unsupported } from './kernel.js';
import { expm1, log1p } from './precise.js';

/** TensorFlow.js calculates with truth values and keeps what comes out, 2 even; ONNX does not. */
function refuseBool(kernelName: string, x: TensorInfo): void {
  if (x.dtype === 'bool') throw unsupported(kernelName, 'bool; cast it to int32 or float32');
}

const unary =
  (op: string): Kernel =>
  ({ backend, inputs: { x } }) => {
    refuseBool(op, x);
    return backend.output(backend.graph.node(op, [backend.nameOf(x)]), x.shape, x.dtype);
  };

/** A unary kernel of real numbers. TensorFlow.js cuts some of their results back to int32: say so instead of giving another number. */
const floatUnary =
  (kernelName: string, build: (graph: GraphBuilder, name: string) => string): Kernel =>
  ({ backend, inputs: { x } }) => {
    if (x.dtype !== 'float32') throw unsupported(kernelName, `${x.dtype}; cast it to float32`);
    return backend.output(build(backend.graph, backend.nameOf(x)), x.shape, 'float32');
  };

const floatOp = (op: string): Kernel => floatUnary(op, (graph, name) => graph.node(op, [name]));

/** Sums, products and the like of two tensors of one dtype. */
const arithmetic =
  (kernelName: string, op = kernelName): Kernel =>
  ({ tf, backend, inputs: { a, b } }) => {
    refuseBool(kernelName, a);
    const name = backend.graph.node(op, [backend.nameOf(a), backend.nameOf(b)]);
    return backend.output(name, broadcastShape(tf, a.shape, b.shape), a.dtype);
  };

/** Comparisons; ONNX orders numbers only, so a truth value counts as 0 or 1. */
const comparison =
  (op: string, negated = false): Kernel =>
  call => {
    const { tf, backend, inputs } = call;
    const { a, b } = inputs;
    const dtype = a.dtype === 'bool' ? 'int32' : a.dtype;
    const compared = backend.graph.node(op, [castName(call, a, dtype), castName(call, b, dtype)]);
    const name = negated ? backend.graph.node('Not', [compared]) : compared;
    return backend.output(name, broadcastShape(tf, a.shape, b.shape), 'bool');
  };

const cast: Kernel = call => {
  const { x } = call.inputs;
  const dtype = elementType(call.attributes.dtype as DataType);
  return call.backend.output(castName(call, x, dtype as DataType), x.shape, dtype as DataType);
};

const square: Kernel = ({ backend, inputs: { x } }) => {
  refuseBool('Square', x);
  const name = backend.nameOf(x);
  return backend.output(backend.graph.node('Mul', [name, name]), x.shape, x.dtype);
};

const squaredDifference: Kernel = ({ tf, backend, inputs: { a, b } }) => {
  refuseBool('SquaredDifference', a);
  const difference = backend.graph.node('Sub', [backend.nameOf(a), backend.nameOf(b)]);
  return backend.output(
    backend.graph.node('Mul', [difference, difference]),
    broadcastShape(tf, a.shape, b.shape),
    a.dtype,
  );
};

/** 1 where x > 0, alpha elsewhere. */
const step: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x } = inputs;
  refuseBool('Step', x);
  const positive = backend.graph.node('Greater', [backend.nameOf(x), scalar(call, 0, x.dtype)]);
  const levels = [scalar(call, 1, x.dtype), scalar(call, attributes.alpha as number, x.dtype)];
  return backend.output(backend.graph.node('Where', [positive, ...levels]), x.shape, x.dtype);
};

const clip: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x } = inputs;
  refuseBool('ClipByValue', x);
  const bounds = [attributes.clipValueMin, attributes.clipValueMax].map(bound =>
    scalar(call, bound as number, x.dtype),
  );
  return backend.output(backend.graph.node('Clip', [backend.nameOf(x), ...bounds]), x.shape, x.dtype);
};

/** ONNX Sum is one node, but takes float32 alone. */
const addN: Kernel = ({ backend, inputs }) => {
  const { graph } = backend;
  const tensors = Object.values(inputs);
  const { shape, dtype } = tensors[0];
  const names = tensors.map(t => backend.nameOf(t));
  const name =
    dtype === 'float32' ? graph.node('Sum', names) : names.reduce((sum, next) => graph.node('Add', [sum, next]));
  return backend.output(name, shape, dtype);
};

/** onnxruntime has no Where for truth values: (c and t) or (not c and e). */
function chooseBool(graph: GraphBuilder, [condition, t, e]: readonly string[]): string {
  const otherwise = graph.node('And', [graph.node('Not', [condition]), e]);
  return graph.node('Or', [graph.node('And', [condition, t]), otherwise]);
}

/** The op broadcasts condition, t and e to one shape before it calls the kernel. */
const select: Kernel = call => {
  const { condition, t, e } = call.inputs;
  if (condition.shape.length !== t.shape.length) throw unsupported('Select', 'a condition of another rank');
  const dtype = call.tf.backend_util.upcastType(t.dtype, e.dtype);
  const names = [castName(call, condition, 'bool'), castName(call, t, dtype), castName(call, e, dtype)];
  const name = dtype === 'bool' ? chooseBool(call.backend.graph, names) : call.backend.graph.node('Where', names);
  return call.backend.output(name, t.shape, dtype);
};

const logical =
  (op: string): Kernel =>
  call => {
    const { a, b } = call.inputs;
    const names = [castName(call, a, 'bool'), castName(call, b, 'bool')];
    return call.backend.output(call.backend.graph.node(op, names), broadcastShape(call.tf, a.shape, b.shape), 'bool');
  };

const logicalNot: Kernel = call => {
  const { x } = call.inputs;
  return call.backend.output(call.backend.graph.node('Not', [castName(call, x, 'bool')]), x.shape, 'bool');
};

/** Two int32 tensors reach FloorDiv instead. */
const realDiv: Kernel = call => {
  if (call.inputs.a.dtype !== 'float32') throw unsupported('RealDiv', call.inputs.a.dtype);
  return arithmetic('RealDiv', 'Div')(call);
};

export const elementwiseKernels: KernelTable = {
  Add: arithmetic('Add'),
  Sub: arithmetic('Sub'),
  Multiply: arithmetic('Multiply', 'Mul'),
  RealDiv: realDiv,
  Maximum: arithmetic('Maximum', 'Max'),
  Minimum: arithmetic('Minimum', 'Min'),
  Pow: arithmetic('Pow'),
  Equal: comparison('Equal'),
  NotEqual: comparison('Equal', true),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  LogicalNot: logicalNot,
  SquaredDifference: squaredDifference,
  AddN: addN,
  Select: select,
  Cast: cast,
  Abs: unary('Abs'),
  Neg: unary('Neg'),
  Sign: unary('Sign'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Relu: unary('Relu'),
  Square: square,
  Step: step,
  ClipByValue: clip,
  Exp: floatOp('Exp'),
  Log: floatOp('Log'),
  Log1p: floatUnary('Log1p', log1p),
  Expm1: floatUnary('Expm1', expm1),
  Sqrt: floatOp('Sqrt'),
  Rsqrt: floatUnary('Rsqrt', (graph, x) => graph.node('Reciprocal', [graph.node('Sqrt', [x])])),
  Reciprocal: floatOp('Reciprocal'),
  Tanh: floatOp('Tanh'),
  Erf: floatOp('Erf'),
  Sin: floatOp('Sin'),
  Cos: floatOp('Cos'),
  Sigmoid: floatOp('Sigmoid'),
  Softplus: floatOp('Softplus'),
};
