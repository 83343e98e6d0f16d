import type { Tensor, Tf } from '../models/recorder/tensorflow.js';
import { product } from './losses.js';

/**
 * Distillation of in-batch softmaxes (Hinton et al., 2015; for retrievers Hofstaetter et al., 2021): the mean over rows of
 * KL(teacher || ours) = sum_j t_bj (ln t_bj - ln softmax_j(s cos(q_b, d_j) + blocked_bj)).
 * @param documents  [N, D]
 * @param blocked    [B, N]
 * @param teacher    [B, N], t: see teacherSoftmax
 */
export function distillationLoss(
  tf: Tf,
  queries: Tensor,
  documents: Tensor,
  blocked: Tensor,
  teacher: Tensor,
  scale: number,
): Tensor {
  const scores = tf.add(product(tf, tf.mul(queries, scale), documents), blocked);
  const logs = tf.sub(scores, tf.logSumExp(scores, 1, true)); // ln of ours
  const known = tf.log(tf.maximum(teacher, 1e-30)); // t ln t is 0 where t is
  return tf.mean(tf.sum(tf.mul(teacher, tf.sub(known, logs)), 1));
}

/**
 * The teacher's softmax over a batch: of its cosines over the open places, 0 in closed ones.
 * @param queries    [B, D'], rows of length 1
 * @param documents  [N, D'], rows of length 1
 * @param blocked    [B, N], 0 or `closedPlace`
 * @param scale      of the teacher's cosines
 * @returns [B, N]
 */
export const teacherSoftmax = (tf: Tf, queries: Tensor, documents: Tensor, blocked: Tensor, scale: number): Tensor =>
  tf.softmax(tf.add(product(tf, tf.mul(queries, scale), documents), blocked));
