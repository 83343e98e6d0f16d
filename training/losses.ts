import type { Tensor, Tf } from '../models/recorder/tensorflow.js';

/**
 * Scaled in-batch softmax cross-entropy (Que2Search, 4.1): document b is the answer to query b, the other documents of the batch are
 * its negatives. loss = mean_b( logsumexp_j(s cos(q_b, d_j) + blocked_bj) - s cos(q_b, d_b) ).
 * @param queries    [B, D], rows of length 1
 * @param documents  [B, D], rows of length 1
 * @param blocked    [B, B], 0, or a large negative number where document j is no negative of query b: it is the same document,
 *                   or the query is the same as query j's
 * @param scale      s > 0; 15..20 in the paper
 * @returns scalar
 */
export function scaledSoftmaxLoss(tf: Tf, queries: Tensor, documents: Tensor, blocked: Tensor, scale: number): Tensor {
  const scaled = tf.mul(queries, scale);
  const scores = tf.add(tf.matMul(scaled as never, documents as never, false, true), blocked); // [B, B]
  const positive = tf.sum(tf.mul(scaled, documents), 1); // [B]
  return tf.mean(tf.sub(tf.logSumExp(scores, 1), positive));
}
