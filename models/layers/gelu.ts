import { fusedKernel, isRecording } from '../recorder/record.js';
import type { Tensor, Tf } from '../recorder/tensorflow.js';

/**
 * Gaussian error linear unit (Hendrycks & Gimpel, 2016), exact: y = x P(X <= x), X standard normal = x/2 (1 + erf(x / sqrt 2)).
 * Gradient by hand with z = x / sqrt 2: dx = dy/2 (1 + erf z + 2/sqrt(pi) z exp(-z^2)).
 * @returns a tensor of the shape of x
 */
export function gelu(tf: Tf, x: Tensor): Tensor {
  const apply = tf.customGrad((...args) => {
    const [input] = args as Tensor[];
    const save = args[1] as (tensors: Tensor[]) => void;
    save([input]);
    const value = isRecording(tf)
      ? fusedKernel(tf, 'FusedGelu', { x: input }, {})[0]
      : tf.mul(tf.mul(input, 0.5), tf.add(tf.erf(tf.mul(input, Math.SQRT1_2)), 1));
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const z = tf.mul(saved[0], Math.SQRT1_2);
        // 2/sqrt(pi) exp(-z^2) with the factor inside the exponent: one pass less
        const bell = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.mul(z, z)));
        const slope = tf.add(tf.add(tf.erf(z), tf.mul(z, bell)), 1);
        return tf.mul(tf.mul(dy, 0.5), slope);
      },
    };
  });
  return apply(x);
}
