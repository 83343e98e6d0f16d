import type { Tensor, Tf } from '../models/recorder/tensorflow.js';

/** What a closed place of the batch matrix holds: far below every score, yet finite. */
export const closedPlace = -1e9;

/**
 * Scaled in-batch softmax cross-entropy (Que2Search, 4.1): document b is the answer to query b, the other documents of the batch are
 * its negatives. loss = mean_b( logsumexp_j(s cos(q_b, d_j) + blocked_bj) - s cos(q_b, d_b) ).
 * @param queries    [B, D], rows of length 1
 * @param documents  [N, D], rows of length 1; N >= B: the first B are the answers, those behind them negatives of every row
 * @param blocked    [B, N], 0, or `closedPlace` where document j is no negative of query b: it is the same document,
 *                   or the query is the same as query j's; with logQ correction see popularity-correction.ts
 * @param scale      s > 0; 15..20 in the paper
 * @returns scalar
 */
export function scaledSoftmaxLoss(tf: Tf, queries: Tensor, documents: Tensor, blocked: Tensor, scale: number): Tensor {
  const scaled = tf.mul(queries, scale);
  const scores = tf.add(product(tf, scaled, documents), blocked); // [B, N]
  return tf.mean(tf.sub(tf.logSumExp(scores, 1), positives(tf, scaled, documents)));
}

/**
 * Symmetrical scaled cross-entropy (Que2Search, 4.1): the mean of query to document as above, and of document to query, where the other
 * queries are the negatives of document b: logsumexp_i(s cos(q_i, d_b) + blocked_ib) - s cos(q_b, d_b).
 * @param blocked  [B, N], 0 or `closedPlace`; symmetric in its first B columns, as both reasons to close a place are
 */
export function symmetricSoftmaxLoss(
  tf: Tf,
  queries: Tensor,
  documents: Tensor,
  blocked: Tensor,
  scale: number,
): Tensor {
  const batch = queries.shape[0];
  const scaled = tf.mul(queries, scale);
  const scores = tf.add(product(tf, scaled, documents), blocked);
  const own = firstRows(tf, tf.transpose(scores), batch); // [B, B], by document
  const both = tf.add(tf.logSumExp(scores, 1), tf.logSumExp(own, 1));
  return tf.mean(tf.sub(tf.div(both, 2), positives(tf, scaled, documents)));
}

/** Cosines of every query with its own document, [B]; times the scale where the queries were scaled. */
export function positives(tf: Tf, queries: Tensor, documents: Tensor): Tensor {
  return tf.sum(tf.mul(queries, firstRows(tf, documents, queries.shape[0])), 1);
}

/** [B, D] x [N, D] -> [B, N] */
export const product = (tf: Tf, queries: Tensor, documents: Tensor): Tensor =>
  tf.matMul(queries as never, documents as never, false, true);

const firstRows = (tf: Tf, matrix: Tensor, count: number): Tensor =>
  matrix.shape[0] === count ? matrix : tf.slice(matrix, [0, 0], [count, matrix.shape[1] as number]);
