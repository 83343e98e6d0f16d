import type { DataType, TensorInfo } from '@tensorflow/tfjs';
import { elementTypeCode } from '../onnx-proto.js';
import { broadcastShape, type Kernel, type KernelCall, type KernelTable } from './kernel.js';

const unary =
  (op: string): Kernel =>
  ({ backend, inputs: { x } }) =>
    backend.output(backend.graph.node(op, [backend.nameOf(x)]), x.shape, x.dtype);

/** A unary kernel whose result is float32 whatever came in, as TensorFlow.js defines it. */
const floatUnary =
  (build: (call: KernelCall, name: string) => string): Kernel =>
  call => {
    const { x } = call.inputs;
    return call.backend.output(build(call, castName(call, x, 'float32')), x.shape, 'float32');
  };

const floatOp = (op: string): Kernel => floatUnary(({ backend }, name) => backend.graph.node(op, [name]));

const binary =
  (op: string, dtype?: DataType): Kernel =>
  ({ tf, backend, inputs: { a, b } }) =>
    backend.output(
      backend.graph.node(op, [backend.nameOf(a), backend.nameOf(b)]),
      broadcastShape(tf, a.shape, b.shape),
      dtype ?? a.dtype,
    );

/** The name of a tensor's value as another dtype; a Cast node only where they differ. */
export function castName({ backend }: KernelCall, x: TensorInfo, dtype: 'float32' | 'int32' | 'bool'): string {
  const name = backend.nameOf(x);
  return x.dtype === dtype ? name : backend.graph.node('Cast', [name], { to: elementTypeCode[dtype] });
}

const cast: Kernel = call => {
  const { x } = call.inputs;
  const dtype = call.attributes.dtype as 'float32' | 'int32' | 'bool';
  return call.backend.output(castName(call, x, dtype), x.shape, dtype);
};

const square: Kernel = ({ backend, inputs: { x } }) => {
  const name = backend.nameOf(x);
  return backend.output(backend.graph.node('Mul', [name, name]), x.shape, x.dtype);
};

const squaredDifference: Kernel = ({ tf, backend, inputs: { a, b } }) => {
  const difference = backend.graph.node('Sub', [backend.nameOf(a), backend.nameOf(b)]);
  return backend.output(
    backend.graph.node('Mul', [difference, difference]),
    broadcastShape(tf, a.shape, b.shape),
    a.dtype,
  );
};

/** 1 where x > 0, alpha elsewhere. */
const step: Kernel = ({ backend, inputs: { x }, attributes }) => {
  const { graph } = backend;
  const positive = graph.node('Greater', [backend.nameOf(x), graph.float(0)]);
  const name = graph.node('Where', [positive, graph.float(1), graph.float(attributes.alpha as number)]);
  return backend.output(name, x.shape, x.dtype);
};

const clip: Kernel = ({ backend, inputs: { x }, attributes }) => {
  const { graph } = backend;
  const bounds = [graph.float(attributes.clipValueMin as number), graph.float(attributes.clipValueMax as number)];
  return backend.output(graph.node('Clip', [backend.nameOf(x), ...bounds]), x.shape, x.dtype);
};

const addN: Kernel = ({ backend, inputs }) => {
  const tensors = Object.values(inputs);
  return backend.output(
    backend.graph.node(
      'Sum',
      tensors.map(t => backend.nameOf(t)),
    ),
    tensors[0].shape,
    tensors[0].dtype,
  );
};

const select: Kernel = call => {
  const { condition, t, e } = call.inputs;
  const { backend } = call;
  // TensorFlow.js lets a rank-1 condition choose whole rows; ONNX broadcasts from the right.
  const rows = condition.shape.length === 1 && t.shape.length > 1;
  const name = castName(call, condition, 'bool');
  const shaped = rows
    ? backend.graph.node('Reshape', [
        name,
        backend.graph.integers([condition.shape[0], ...t.shape.slice(1).map(() => 1)]),
      ])
    : name;
  return backend.output(backend.graph.node('Where', [shaped, backend.nameOf(t), backend.nameOf(e)]), t.shape, t.dtype);
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

export const elementwiseKernels: KernelTable = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div', 'float32'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  Equal: binary('Equal', 'bool'),
  NotEqual: ({ tf, backend, inputs: { a, b } }) => {
    const equal = backend.graph.node('Equal', [backend.nameOf(a), backend.nameOf(b)]);
    return backend.output(backend.graph.node('Not', [equal]), broadcastShape(tf, a.shape, b.shape), 'bool');
  },
  Greater: binary('Greater', 'bool'),
  GreaterEqual: binary('GreaterOrEqual', 'bool'),
  Less: binary('Less', 'bool'),
  LessEqual: binary('LessOrEqual', 'bool'),
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
  Log1p: floatUnary(({ backend: { graph } }, x) => graph.node('Log', [graph.node('Add', [x, graph.float(1)])])),
  Expm1: floatUnary(({ backend: { graph } }, x) => graph.node('Sub', [graph.node('Exp', [x]), graph.float(1)])),
  Sqrt: floatOp('Sqrt'),
  Rsqrt: floatUnary(({ backend: { graph } }, x) => graph.node('Reciprocal', [graph.node('Sqrt', [x])])),
  Reciprocal: floatOp('Reciprocal'),
  Tanh: floatOp('Tanh'),
  Erf: floatOp('Erf'),
  Sin: floatOp('Sin'),
  Cos: floatOp('Cos'),
  Sigmoid: floatOp('Sigmoid'),
  Softplus: floatOp('Softplus'),
};
