import { linear } from './layers/linear.js';
import type { Parameters } from './layers/transformer.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';

/** What fusion gives: the fused vectors and how much each channel counted. */
export interface Fused {
  /** [B, D] */
  readonly vectors: Tensor;
  /** fusion weights, [B, C]; each row sums to 1 */
  readonly weights: Tensor;
}

/**
 * Attention fusion (Que2Search, 3.2): weights = softmax(concat(channel vectors) W + b) over the channels that are present,
 * result = weighted sum of the channel vectors. An absent channel has weight 0 exactly, and the sum goes over the others.
 * @param channels  C tensors [B, D]
 * @param present   [B, C], 1 where the channel has features, else 0
 * @param p         `${prefix}.weight` [C * D, C], `${prefix}.bias` [C]
 */
export function attentionFusion(
  tf: Tf,
  p: Parameters,
  prefix: string,
  channels: readonly Tensor[],
  present: Tensor,
): Fused {
  const count = channels.length;
  const [batch] = channels[0].shape;
  const column = (x: Tensor, c: number): Tensor => tf.slice(x, [0, c], [batch, 1]);
  const seen = channels.map((vector, c) => tf.mul(vector, column(present, c)));
  const scores = linear(tf, tf.concat([...seen], 1), p[`${prefix}.weight`], p[`${prefix}.bias`]);
  const hidden = tf.mul(tf.sub(present, 1), 1e9);
  const weights = tf.softmax(tf.add(scores, hidden)) as Tensor;
  const weighted = seen.map((vector, c) => tf.mul(vector, column(weights, c)));
  return { vectors: count === 1 ? weighted[0] : tf.addN(weighted), weights };
}

/**
 * Concatenation and one hidden layer: relu(concat W1 + b1) W2 + b2; the paper's other choice, kept for ablation. Its weights say
 * only which channels are present.
 * @param p  `${prefix}.hidden.{weight [C * D, D], bias [D]}`, `${prefix}.out.{weight [D, D], bias [D]}`
 */
export function concatFusion(
  tf: Tf,
  p: Parameters,
  prefix: string,
  channels: readonly Tensor[],
  present: Tensor,
): Fused {
  const [batch] = channels[0].shape;
  const seen = channels.map((vector, c) => tf.mul(vector, tf.slice(present, [0, c], [batch, 1])));
  const hidden = tf.relu(linear(tf, tf.concat([...seen], 1), p[`${prefix}.hidden.weight`], p[`${prefix}.hidden.bias`]));
  const vectors = linear(tf, hidden, p[`${prefix}.out.weight`], p[`${prefix}.out.bias`]);
  const weights = tf.div(present, tf.maximum(tf.sum(present, 1, true), 1));
  return { vectors, weights };
}
