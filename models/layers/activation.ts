import type { TextEncoderConfig } from '../../src/config/towers.js';
import type { Tensor, Tf } from '../recorder/tensorflow.js';
import { gelu } from './gelu.js';

export type Activation = TextEncoderConfig['activation'];

/** y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): the form of the GELU that GPT-2 and some BERTs were trained with. */
function geluTanh(tf: Tf, x: Tensor): Tensor {
  const cubic = tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/** The non-linearity of a feed-forward part. @returns a tensor of the shape of x */
export function activate(tf: Tf, x: Tensor, kind: Activation): Tensor {
  if (kind === 'gelu') return gelu(tf, x);
  return kind === 'relu' ? tf.relu(x) : geluTanh(tf, x);
}
