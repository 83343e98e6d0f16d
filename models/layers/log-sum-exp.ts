import type { Tensor, Tf } from '../recorder/tensorflow.js';

/**
 * log(sum_j exp x_ij) of every row, shifted by its maximum m so that nothing overflows: m + log(sum exp(x - m)).
 * Gradient by hand: dx = dy exp(x - m) / sum exp(x - m), from what the forward pass has made: over a vocabulary each pass counts.
 * @param x  [N, C], finite
 * @returns [N]
 */
export function logSumExp(tf: Tf, x: Tensor): Tensor {
  const apply = tf.customGrad((...args) => {
    const [input] = args as Tensor[];
    const save = args[1] as (tensors: Tensor[]) => void;
    const shift = tf.max(input, 1, true);
    const powers = tf.exp(tf.sub(input, shift));
    const sums = tf.sum(powers, 1, true);
    save([powers, sums]);
    return {
      value: tf.reshape(tf.add(shift, tf.log(sums)), [input.shape[0]]),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [powers0, sums0] = saved;
        return tf.mul(powers0, tf.div(tf.reshape(dy, [dy.shape[0], 1]), sums0));
      },
    };
  });
  return apply(x);
}
