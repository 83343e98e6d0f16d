import { castName } from './elementwise.js';
import type { Kernel, KernelTable } from './kernel.js';

const gather: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x, indices } = inputs;
  const [axis] = call.tf.util.parseAxisParam(attributes.axis as number, x.shape);
  if ((attributes.batchDims as number) > 0) throw new Error('GatherV2 with batchDims is not mapped');
  const name = backend.graph.node('Gather', [backend.nameOf(x), castName(call, indices, 'int32')], { axis });
  return backend.output(name, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], x.dtype);
};

/** The gradient of a gather: rows of x are added into the segments that segmentIds names. */
const unsortedSegmentSum: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x, segmentIds } = inputs;
  const { graph } = backend;
  const shape = [attributes.numSegments as number, ...x.shape.slice(1)];
  const zeros = graph.node('Expand', [graph.float(0), graph.integers(shape)]);
  const column = graph.node('Unsqueeze', [castName(call, segmentIds, 'int32'), graph.integers([-1])]);
  const indices = graph.node('Cast', [column], { to: 7 });
  return backend.output(
    graph.node('ScatterND', [zeros, indices, backend.nameOf(x)], { reduction: 'add' }),
    shape,
    x.dtype,
  );
};

const oneHot: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { graph } = backend;
  const depth = attributes.depth as number;
  const values = Float32Array.of(attributes.offValue as number, attributes.onValue as number);
  const name = graph.node('OneHot', [
    castName(call, inputs.indices, 'int32'),
    graph.integers([depth]),
    graph.constant('float32', [2], values),
  ]);
  const dtype = (attributes.dtype as 'float32' | 'int32') ?? 'float32';
  const cast = dtype === 'float32' ? name : graph.node('Cast', [name], { to: 6 });
  return backend.output(cast, [...inputs.indices.shape, depth], dtype);
};

export const gatherKernels: KernelTable = {
  GatherV2: gather,
  UnsortedSegmentSum: unsortedSegmentSum,
  OneHot: oneHot,
};
