import type { Tensor, Tf } from '../recorder/tensorflow.js';

/**
 * Rows scaled to length 1. A row of zeros stays zero instead of becoming NaN.
 * @param x  [B, D]
 * @returns [B, D]
 */
export const l2Normalise = (tf: Tf, x: Tensor): Tensor =>
  tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
