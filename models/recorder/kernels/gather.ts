import type { DataType } from '@tensorflow/tfjs';
import { elementTypeCode } from '../onnx-proto.js';
import { castName, type Kernel, type KernelTable, scalar, unsupported } from './kernel.js';

const gather: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x, indices } = inputs;
  const [axis] = call.tf.util.parseAxisParam(attributes.axis as number, x.shape);
  if ((attributes.batchDims as number) > 0) throw unsupported('GatherV2', 'batchDims above 0');
  const name = backend.graph.node('Gather', [backend.nameOf(x), castName(call, indices, 'int32')], { axis });
  return backend.output(name, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], x.dtype);
};

/** The gradient of a gather: rows of x are added into the segments that segmentIds, a vector of numbers in [0, numSegments), names. */
const unsortedSegmentSum: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { x, segmentIds } = inputs;
  const { graph } = backend;
  if (x.dtype !== 'float32') throw unsupported('UnsortedSegmentSum', x.dtype);
  if (segmentIds.shape.length !== 1) throw unsupported('UnsortedSegmentSum', 'segment ids that are no vector');
  const shape = [attributes.numSegments as number, ...x.shape.slice(1)];
  const zeros = graph.node('Expand', [graph.float(0), graph.integers(shape)]);
  const column = graph.node('Unsqueeze', [castName(call, segmentIds, 'int32'), graph.integers([-1])]);
  const indices = graph.node('Cast', [column], { to: elementTypeCode.int64 });
  return backend.output(
    graph.node('ScatterND', [zeros, indices, backend.nameOf(x)], { reduction: 'add' }),
    shape,
    x.dtype,
  );
};

/** Compares each index with 0..depth-1: so that an index outside has no place, as in TensorFlow.js; ONNX OneHot counts negative ones from the end. */
const oneHot: Kernel = call => {
  const { backend, inputs, attributes } = call;
  const { graph } = backend;
  const depth = attributes.depth as number;
  const dtype = (attributes.dtype as DataType | undefined) ?? 'float32';
  const column = graph.node('Unsqueeze', [castName(call, inputs.indices, 'int32'), graph.integers([-1])]);
  const places = graph.constant(
    'int32',
    [depth],
    Int32Array.from({ length: depth }, (_, i) => i),
  );
  const hit = graph.node('Equal', [column, places]);
  // onnxruntime has no Where for truth values.
  const number = dtype === 'bool' ? 'int32' : dtype;
  const levels = [attributes.onValue, attributes.offValue].map(value => scalar(call, value as number, number));
  const chosen = graph.node('Where', [hit, ...levels]);
  const name = dtype === 'bool' ? graph.node('Cast', [chosen], { to: elementTypeCode.bool }) : chosen;
  return backend.output(name, [...inputs.indices.shape, depth], dtype);
};

export const gatherKernels: KernelTable = {
  GatherV2: gather,
  UnsortedSegmentSum: unsortedSegmentSum,
  OneHot: oneHot,
};
