import type { Tensor, Tf } from '../models/recorder/tensorflow.js';
import { product } from './losses.js';

/**
 * Distillation of in-batch softmaxes (Hinton et al., 2015; for retrievers Hofstaetter et al., 2021): the mean over rows of
 * KL(teacher || ours) = sum_j t_bj (ln t_bj - ln softmax_j(s cos(q_b, d_j) + blocked_bj)).
 * @param documents  [N, D]
 * @param blocked    [B, N]
 * @param teacher    [B, N], t: softmax of the teacher's scores over the same open places, 0 in closed ones
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
 * The teacher's softmax over a batch, in doubles.
 * @param queries    float32 [B * D'], rows of length 1
 * @param documents  float32 [N * D']
 * @param blocked    [B * N]; places below -1 are closed
 * @param scale      of the teacher's cosines
 * @returns float32 [B * N]
 */
export function teacherSoftmax(
  queries: Float32Array,
  documents: Float32Array,
  width: number,
  blocked: Float32Array,
  scale: number,
): Float32Array {
  const [rows, columns] = [queries.length / width, documents.length / width];
  const softmax = new Float32Array(rows * columns);
  const powers = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      let cosine = 0;
      for (let k = 0; k < width; k++) cosine += queries[i * width + k] * documents[j * width + k];
      // cosines are at most 1, so no power overflows
      powers[j] = blocked[i * columns + j] < -1 ? 0 : Math.exp(scale * (cosine - 1));
      sum += powers[j];
    }
    for (let j = 0; j < columns; j++) softmax[i * columns + j] = powers[j] / sum;
  }
  return softmax;
}
