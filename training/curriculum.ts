import type { Tensor, Tf } from '../models/recorder/tensorflow.js';
import { closedPlace, positives, product } from './losses.js';

/**
 * The cosine of each query with its hardest in-batch negative (Que2Search, 4.2): the most similar document of its row that is neither its
 * own nor closed.
 * @param documents  [N, D], N >= B
 * @param blocked    [B, N], 0 or `closedPlace`
 * @returns [B]; far below -1 where a row has no negative
 */
export function hardestNegatives(tf: Tf, queries: Tensor, documents: Tensor, blocked: Tensor): Tensor {
  const [batch] = queries.shape;
  const own = tf.mul(tf.oneHot(tf.tensor1d([...Array(batch).keys()], 'int32'), documents.shape[0]), closedPlace); // [B, N]
  return tf.max(tf.add(product(tf, queries, documents), tf.add(blocked, own)), 1);
}

/**
 * Margin ranking loss over the hardest in-batch negatives, summed, not averaged (Que2Search, 4.2: .1 <= margin <= .2 and the sum were best):
 * sum_b max(0, margin - cos(q_b, d_b) + cos(q_b, hardest_b)).
 */
export function marginRankingLoss(tf: Tf, queries: Tensor, documents: Tensor, blocked: Tensor, margin: number): Tensor {
  const lead = tf.sub(positives(tf, queries, documents), hardestNegatives(tf, queries, documents, blocked));
  return tf.sum(tf.relu(tf.sub(margin, lead)));
}

/**
 * Scaled binary cross-entropy over each positive and its hardest in-batch negative, the paper's other choice:
 * mean_b( -ln sigmoid(s cos(q_b, d_b)) - ln(1 - sigmoid(s cos(q_b, hardest_b))) ), written with ln(1 + e^x).
 */
export function scaledBinaryLoss(tf: Tf, queries: Tensor, documents: Tensor, blocked: Tensor, scale: number): Tensor {
  const positive = tf.mul(positives(tf, queries, documents), -scale);
  const negative = tf.mul(hardestNegatives(tf, queries, documents, blocked), scale);
  return tf.mean(tf.add(tf.softplus(positive), tf.softplus(negative)));
}
