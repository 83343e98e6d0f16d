import { elementTypeCode } from '../onnx-proto.js';
import { broadcastShape, type KernelTable } from './kernel.js';

/**
 * Kernels that exist while recording alone: one ONNX operator for what takes TensorFlow.js several.
 * Layers call them through `fusedKernel` and give the gradient themselves (models/layers).
 */
export const fusedKernels: KernelTable = {
  /** (x [.., D], scale [D], bias [D]) -> y [.., D], mean [.., 1], 1 / standard deviation [.., 1]; ONNX LayerNormalization over the last axis */
  FusedLayerNorm: ({ backend, inputs: { x, scale, bias }, attributes }) => {
    const names = [x, scale, bias].map(t => backend.nameOf(t));
    const epsilon = { float: attributes.epsilon as number };
    const [y, mean, inverse] = backend.graph.nodeWithOutputs('LayerNormalization', names, 3, { axis: -1, epsilon });
    const row = [...x.shape.slice(0, -1), 1];
    return [
      backend.output(y, x.shape, 'float32'),
      backend.output(mean, row, 'float32'),
      backend.output(inverse, row, 'float32'),
    ];
  },
  /** x -> x/2 (1 + erf(x / sqrt 2)); ONNX Gelu */
  FusedGelu: ({ backend, inputs: { x } }) =>
    backend.output(backend.graph.node('Gelu', [backend.nameOf(x)]), x.shape, 'float32'),
  /**
   * alpha * A x B with A [.., m, k], B [.., k, n]. transA, transB swap the last two axes of an operand.
   * timeMajorA, timeMajorB: the operand lies as [T, batch.., width] and is read as [batch.., T, width], without being moved.
   */
  FusedMatMul: ({ tf, backend, inputs: { a, b }, attributes }) => {
    const { transA, transB, timeMajorA, timeMajorB, alpha } = attributes as Record<string, number>;
    const view = (shape: number[], timeMajor: number): number[] =>
      timeMajor ? [...shape.slice(1, -1), shape[0], shape[shape.length - 1]] : shape;
    const [left, right] = [view(a.shape, timeMajorA), view(b.shape, timeMajorB)];
    const name = backend.graph.contribNode('FusedMatMul', [backend.nameOf(a), backend.nameOf(b)], {
      transA,
      transB,
      transBatchA: timeMajorA,
      transBatchB: timeMajorB,
      alpha: { float: alpha },
    });
    const batch = broadcastShape(tf, left.slice(0, -2), right.slice(0, -2));
    return backend.output(
      name,
      [...batch, left[left.length - (transA ? 1 : 2)], right[right.length - (transB ? 2 : 1)]],
      'float32',
    );
  },
  /** (noise [P], starts int32 [sites]) -> noise[starts[site] .. + size), [size] */
  NoiseWindow: ({ backend, inputs: { noise, starts }, attributes }) => {
    const { graph } = backend;
    const { site, size } = attributes as Record<string, number>;
    const one = graph.node('Slice', [backend.nameOf(starts), graph.integers([site]), graph.integers([site + 1])]);
    const start = graph.node('Cast', [one], { to: elementTypeCode.int64 });
    const end = graph.node('Add', [start, graph.integers([size])]);
    return backend.output(graph.node('Slice', [backend.nameOf(noise), start, end]), [size], 'float32');
  },
};
