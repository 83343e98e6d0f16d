import { broadcastShape, type Kernel, type KernelTable, unsupported } from './kernel.js';

/** Plain MatMul where nothing is transposed, so that the file stays ordinary ONNX; onnxruntime's FusedMatMul takes the transposes. */
const batchMatMul: Kernel = ({ tf, backend, inputs: { a, b }, attributes }) => {
  if (a.dtype !== 'float32') throw unsupported('BatchMatMul', a.dtype);
  const transA = attributes.transposeA ? 1 : 0;
  const transB = attributes.transposeB ? 1 : 0;
  const batch = broadcastShape(tf, a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape[a.shape.length - (transA ? 1 : 2)];
  const columns = b.shape[b.shape.length - (transB ? 2 : 1)];
  const names = [backend.nameOf(a), backend.nameOf(b)];
  const name =
    transA || transB
      ? backend.graph.contribNode('FusedMatMul', names, { transA, transB })
      : backend.graph.node('MatMul', names);
  return backend.output(name, [...batch, rows, columns], 'float32');
};

export const matmulKernels: KernelTable = { BatchMatMul: batchMatMul };
