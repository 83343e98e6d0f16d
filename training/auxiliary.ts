import type { Tensor, Tf } from '../models/recorder/tensorflow.js';

/** The parameters of the classifier; they serve training alone and are no part of a tower. */
export const auxiliaryParameters = (width: number, classes: number): Record<string, readonly number[]> => ({
  'auxiliary.weight': [width, classes],
  'auxiliary.bias': [classes],
});

/**
 * Auxiliary task (Que2Search, 3.3): from the embedding of a document, which head queries was it engaged from? Multi-label cross-entropy over
 * the K head queries; a document engaged from k of them has a mass of 1/k on each. Documents without a label count nothing:
 * loss = - sum_b sum_k target_bk ln softmax(d_b W + b)_k / max(1, labelled documents).
 * @param documents  [B, D]
 * @param targets    [B, K], rows that sum to 1, or 0 throughout
 * @param p          `auxiliary.weight` [D, K], `auxiliary.bias` [K]
 */
export function auxiliaryLoss(tf: Tf, documents: Tensor, targets: Tensor, p: Readonly<Record<string, Tensor>>): Tensor {
  const logits = tf.add(tf.matMul(documents as never, p['auxiliary.weight'] as never), p['auxiliary.bias']); // [B, K]
  const mass = tf.sum(targets, 1); // [B], 1 or 0
  const each = tf.sub(tf.mul(mass, tf.logSumExp(logits, 1)), tf.sum(tf.mul(targets, logits), 1));
  return tf.div(tf.sum(each), tf.maximum(tf.sum(mass), 1));
}
