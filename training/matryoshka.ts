import { l2Normalise } from '../models/layers/l2-normalise.js';
import type { Tensor, Tf } from '../models/recorder/tensorflow.js';

/** The first values of each row, scaled to length 1. @param x  [B, D] @param width  d < D @returns [B, d] */
export const beginningOf = (tf: Tf, x: Tensor, width: number): Tensor =>
  l2Normalise(tf, tf.slice(x, [0, 0], [x.shape[0], width]));

/**
 * Matryoshka loss (Kusupati et al., NeurIPS 2022): the mean of a loss of the whole embeddings and of the same loss of their beginnings, so that a beginning
 * finds by itself, and the whole decides.
 * @param queries    [B, D], rows of length 1
 * @param documents  [N, D], rows of length 1
 * @param widths     of the beginnings; those of D or more are the whole
 * @param loss       scalar
 * @returns scalar; the loss itself where no beginning is shorter
 */
export function matryoshkaLoss(
  tf: Tf,
  queries: Tensor,
  documents: Tensor,
  widths: readonly number[],
  loss: (queries: Tensor, documents: Tensor) => Tensor,
): Tensor {
  const whole = loss(queries, documents);
  const shorter = [...new Set(widths)].filter(width => width < (queries.shape[1] as number));
  if (shorter.length === 0) return whole;
  const losses = shorter.map(width => loss(beginningOf(tf, queries, width), beginningOf(tf, documents, width)));
  return tf.div(tf.addN([whole, ...losses]), losses.length + 1);
}
