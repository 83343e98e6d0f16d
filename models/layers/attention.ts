import type { Tensor, Tf } from '../recorder/tensorflow.js';
import { fusedMatMul } from './matmul.js';

export interface AttentionShape {
  /** query positions; 1 where only the first token is wanted, else T */
  readonly queries: number;
  /** T, key positions */
  readonly keys: number;
  /** B, sequences */
  readonly batch: number;
  readonly heads: number;
  /** width of a head */
  readonly headWidth: number;
}

/** [B, H, T, d] -> [T, B, H, d] */
const timeMajor = (tf: Tf, x: Tensor): Tensor => tf.transpose(x, [2, 0, 1, 3]);

/**
 * Scaled dot-product attention (Vaswani et al., 2017): softmax(Q K' / sqrt(d) + bias) V, every tensor time-major, so that no operand
 * of the four products is moved in memory. Gradient by hand: with P the weights and O the result,
 * dS = P (dO V' - rowsum(dO O)), dQ = dS K / sqrt d, dK = dS' Q / sqrt d, dV = P' dO.
 * @param q     [queries, B, H, d]
 * @param k     [T, B, H, d]
 * @param v     [T, B, H, d]
 * @param bias  [B, 1, 1, T], 0 for a token and a large negative number for padding; no gradient flows to it
 * @returns [queries, B, H, d]
 */
export function attention(tf: Tf, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, shape: AttentionShape): Tensor {
  const alpha = 1 / Math.sqrt(shape.headWidth);
  const apply = tf.customGrad((...args) => {
    const [q0, k0, v0] = args as Tensor[];
    const save = args[3] as (tensors: Tensor[]) => void;
    const scores = fusedMatMul(tf, q0, k0, { timeMajorA: true, timeMajorB: true, transB: true, alpha });
    const weights = tf.softmax(tf.add(scores, bias)) as Tensor; // [B, H, queries, T]
    const mixed = fusedMatMul(tf, weights, v0, { timeMajorB: true }); // [B, H, queries, d]
    save([q0, k0, v0, weights, mixed]);
    return { value: timeMajor(tf, mixed), gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(tf, dy, saved, alpha) };
  });
  return apply(q, k, v);
}

function gradient(tf: Tf, dy: Tensor, [q, k, v, weights, mixed]: Tensor[], alpha: number): Tensor[] {
  const d = tf.transpose(dy, [1, 2, 0, 3]); // [B, H, queries, d]
  const dv = fusedMatMul(tf, weights, d, { transA: true }); // [B, H, T, d]
  const dWeights = fusedMatMul(tf, d, v, { timeMajorB: true, transB: true }); // [B, H, queries, T]
  const inner = tf.sum(tf.mul(d, mixed), -1, true); // rowsum(dO O) = rowsum(dP P), over d instead of T
  const dScores = tf.mul(weights, tf.sub(dWeights, inner));
  const dq = fusedMatMul(tf, dScores, k, { timeMajorB: true, alpha });
  const dk = fusedMatMul(tf, dScores, q, { transA: true, timeMajorB: true, alpha });
  return [timeMajor(tf, dq), timeMajor(tf, dk), timeMajor(tf, dv)];
}
