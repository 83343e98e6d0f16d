import type { TensorInfo } from '@tensorflow/tfjs';
import { type Kernel, type KernelCall, type KernelTable, scalar } from './kernel.js';

const reshapeTo = ({ backend }: KernelCall, x: TensorInfo, shape: number[]): TensorInfo => {
  const name = backend.graph.node('Reshape', [backend.nameOf(x), backend.graph.integers(shape)]);
  return backend.output(name, shape, x.dtype);
};

const reshape: Kernel = call => {
  const { x } = call.inputs;
  const size = x.shape.reduce((a, b) => a * b, 1);
  return reshapeTo(call, x, call.tf.util.inferFromImplicitShape(call.attributes.shape as number[], size));
};

const expandDims: Kernel = call => {
  const { input } = call.inputs;
  const dim = call.attributes.dim as number;
  const shape = [...input.shape];
  shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
  return reshapeTo(call, input, shape);
};

const transpose: Kernel = ({ backend, inputs: { x }, attributes }) => {
  const perm = attributes.perm as number[];
  const name = backend.graph.node('Transpose', [backend.nameOf(x)], { perm });
  return backend.output(
    name,
    perm.map(axis => x.shape[axis]),
    x.dtype,
  );
};

const concat: Kernel = ({ tf, backend, inputs, attributes }) => {
  const tensors = Object.values(inputs);
  const [axis] = tf.util.parseAxisParam(attributes.axis as number, tensors[0].shape);
  const shape = [...tensors[0].shape];
  shape[axis] = tensors.reduce((sum, t) => sum + t.shape[axis], 0);
  return backend.output(
    backend.graph.node(
      'Concat',
      tensors.map(t => backend.nameOf(t)),
      { axis },
    ),
    shape,
    tensors[0].dtype,
  );
};

const pack: Kernel = call => {
  const axis = call.attributes.axis as number;
  const tensors = Object.values(call.inputs);
  const wider = tensors.map(x => {
    const shape = [...x.shape];
    shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
    return reshapeTo(call, x, shape);
  });
  return concat({ ...call, inputs: Object.fromEntries(wider.map((t, i) => [i, t])), attributes: { axis } });
};

/** Cuts only along the axes that really lose something, so that whole axes stay free to be symbolic. */
function sliceTo(
  { backend }: KernelCall,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo {
  const { graph } = backend;
  const axes = x.shape.map((_, axis) => axis).filter(axis => size[axis] !== x.shape[axis]);
  if (axes.length === 0) return backend.output(backend.nameOf(x), x.shape, x.dtype);
  const starts = graph.integers(axes.map(axis => begin[axis]));
  const ends = graph.integers(axes.map(axis => begin[axis] + size[axis]));
  return backend.output(graph.node('Slice', [backend.nameOf(x), starts, ends, graph.integers(axes)]), size, x.dtype);
}

const slice: Kernel = call => {
  const { x } = call.inputs;
  const [begin, size] = call.tf.slice_util.parseSliceParams(
    { shape: x.shape } as Parameters<typeof call.tf.slice_util.parseSliceParams>[0],
    call.attributes.begin as number[],
    call.attributes.size as number[],
  );
  return sliceTo(call, x, begin, size);
};

const split: Kernel = call => {
  const { x } = call.inputs;
  const [axis] = call.tf.util.parseAxisParam(call.attributes.axis as number, x.shape);
  const sizes = call.tf.backend_util.prepareSplitSize(
    { shape: x.shape } as Parameters<typeof call.tf.backend_util.prepareSplitSize>[0],
    call.attributes.numOrSizeSplits as number | number[],
    axis,
  );
  let offset = 0;
  return sizes.map(part => {
    const begin = x.shape.map((_, i) => (i === axis ? offset : 0));
    const size = x.shape.map((full, i) => (i === axis ? part : full));
    offset += part;
    return sliceTo(call, x, begin, size);
  });
};

const pad: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x } = inputs;
  const { graph } = backend;
  const paddings = attributes.paddings as [number, number][];
  const pads = graph.integers([...paddings.map(p => p[0]), ...paddings.map(p => p[1])]);
  const name = graph.node('Pad', [
    backend.nameOf(x),
    pads,
    scalar(call, (attributes.constantValue as number) ?? 0, x.dtype),
  ]);
  return backend.output(
    name,
    x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]),
    x.dtype,
  );
};

const tile: Kernel = ({ backend, inputs: { x }, attributes }) => {
  const reps = attributes.reps as number[];
  const name = backend.graph.node('Tile', [backend.nameOf(x), backend.graph.integers(reps)]);
  return backend.output(
    name,
    x.shape.map((size, i) => size * reps[i]),
    x.dtype,
  );
};

const identity: Kernel = ({ backend, inputs: { x } }) => backend.output(backend.nameOf(x), x.shape, x.dtype);

export const shapeKernels: KernelTable = {
  Reshape: reshape,
  ExpandDims: expandDims,
  Transpose: transpose,
  Concat: concat,
  Pack: pack,
  Slice: slice,
  SplitV: split,
  PadV2: pad,
  Tile: tile,
  Identity: identity,
};
