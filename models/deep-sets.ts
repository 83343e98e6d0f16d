import { linear } from './layers/linear.js';
import type { Parameters } from './layers/transformer.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';

/** Sets of some examples side by side: n of them, N places each. */
export interface SetChunk {
  /** [N, n, W], zeros where a set has fewer */
  readonly vectors: Tensor;
  /** [N, n, 1], 1 where there is a vector, else 0 */
  readonly mask: Tensor;
}

/** Names and shapes of the parameters of deepSets. */
export const deepSetsParameters = (
  prefix: string,
  width: number,
  hidden: number,
): Record<string, readonly number[]> => ({
  [`${prefix}.each.weight`]: [width, hidden],
  [`${prefix}.each.bias`]: [hidden],
  [`${prefix}.set.weight`]: [hidden, hidden],
  [`${prefix}.set.bias`]: [hidden],
});

/**
 * Deep Sets (Zaheer et al., 2017; the image channel of Que2Search, 3.2): rho(sum of phi(x) over a set), which neither the order of the
 * set nor the places that it leaves empty can change. phi(x) = relu(x W1 + b1), the same for every vector; rho(s) = relu(s W2 + b2), and
 * the projection of the channel is its output layer. An output layer of phi would be linear, hence fold into the first one of rho.
 * @param p       see deepSetsParameters: W1 [W, H], W2 [H, H]
 * @param chunks  in the order of the examples
 * @returns [B, H]
 */
export function deepSets(tf: Tf, p: Parameters, prefix: string, chunks: readonly SetChunk[]): Tensor {
  const rows = chunks.map(({ vectors }) => {
    const [places, count, width] = vectors.shape;
    return tf.reshape(vectors, [places * count, width]);
  });
  const all = rows.length === 1 ? rows[0] : tf.concat(rows, 0);
  const each = tf.relu(linear(tf, all, p[`${prefix}.each.weight`], p[`${prefix}.each.bias`]));
  const sizes = rows.map(({ shape }) => shape[0]);
  const parts = rows.length === 1 ? [each] : tf.split(each, sizes, 0);
  const sums = chunks.map(({ mask }, c) => {
    const [places, count] = mask.shape;
    return tf.sum(tf.mul(tf.reshape(parts[c], [places, count, each.shape[1]!]), mask), 0);
  });
  const sum = sums.length === 1 ? sums[0] : tf.concat(sums, 0);
  return tf.relu(linear(tf, sum, p[`${prefix}.set.weight`], p[`${prefix}.set.bias`]));
}
