import { fusedKernel, isRecording } from '../recorder/record.js';
import type { Tensor, Tf } from '../recorder/tensorflow.js';

export interface MatMulOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** the operand lies as [T, batch.., width] and is read as [batch.., T, width] */
  readonly timeMajorA?: boolean;
  readonly timeMajorB?: boolean;
  /** factor of the product */
  readonly alpha?: number;
}

/** [T, batch.., width] -> [batch.., T, width] */
const batchMajor = (tf: Tf, x: Tensor): Tensor => {
  const rank = x.shape.length;
  return tf.transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i + 1), 0, rank - 1]);
};

/**
 * alpha * A x B without a gradient of its own: for use inside hand-written gradients.
 * One native node while recording; transposes, a product and a scaling otherwise.
 */
export function fusedMatMul(tf: Tf, a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  const { transA = false, transB = false, timeMajorA = false, timeMajorB = false, alpha = 1 } = options;
  if (isRecording(tf)) {
    const attributes = {
      transA: Number(transA),
      transB: Number(transB),
      timeMajorA: Number(timeMajorA),
      timeMajorB: Number(timeMajorB),
      alpha,
    };
    return fusedKernel(tf, 'FusedMatMul', { a, b }, attributes)[0];
  }
  const left = timeMajorA ? batchMajor(tf, a) : a;
  const right = timeMajorB ? batchMajor(tf, b) : b;
  const product = tf.matMul(left, right, transA, transB);
  return alpha === 1 ? product : tf.mul(product, alpha);
}
