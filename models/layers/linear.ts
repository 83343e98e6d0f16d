import type { Tensor, Tf } from '../recorder/tensorflow.js';

/**
 * x W + b.
 * @param x       [N, in]
 * @param weight  [in, out]
 * @param bias    [out], or absent
 * @returns [N, out]
 */
export function linear(tf: Tf, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const product = tf.matMul(x as Parameters<Tf['matMul']>[0], weight as Parameters<Tf['matMul']>[1]);
  return bias === undefined ? product : tf.add(product, bias);
}
