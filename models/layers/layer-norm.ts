import { fusedKernel, isRecording } from '../recorder/record.js';
import type { Tensor, Tf } from '../recorder/tensorflow.js';

function forward(tf: Tf, x: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Tensor[] {
  if (isRecording(tf)) return fusedKernel(tf, 'FusedLayerNorm', { x, scale, bias }, { epsilon });
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.add(tf.mul(tf.mul(centred, inverse), scale), bias), mean, inverse];
}

/**
 * Layer normalisation over the last axis (Ba, Kiros & Hinton, 2016): y = (x - mean) / sqrt(variance + epsilon) * scale + bias.
 * Gradient by hand, n = (x - mean) / deviation, g = dy * scale: dx = (g - mean(g) - n mean(g n)) / deviation.
 * @param x      [N, D]
 * @param scale  [D]
 * @param bias   [D]
 * @returns [N, D]
 */
export function layerNorm(tf: Tf, x: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Tensor {
  const apply = tf.customGrad((...args) => {
    const [input, factor, offset] = args as Tensor[];
    const save = args[3] as (tensors: Tensor[]) => void;
    const [value, mean, inverse] = forward(tf, input, factor, offset, epsilon);
    save([input, factor, mean, inverse]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x0, scale0, mean0, inverse0] = saved;
        const normal = tf.mul(tf.sub(x0, mean0), inverse0);
        const g = tf.mul(dy, scale0);
        const projected = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
        const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), projected), inverse0);
        return [dx, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
      },
    };
  });
  return apply(x, scale, bias);
}
