import { logSumExp } from '../../../models/layers/log-sum-exp.js';
import type { Tensor, Tf } from '../../../models/recorder/tensorflow.js';

/** The candidates of Q queries, n places each. */
export interface JudgedPlaces {
  /** [Q, n] what nDCG counts; 0 at a place that is empty */
  readonly gains: Tensor;
  /** [Q, n] 0, or `closedPlace` where a query has fewer candidates */
  readonly closed: Tensor;
  /** [Q] 1 / the best discounted gain; 0 where a query teaches nothing */
  readonly inverseBest: Tensor;
}

/** Queries whose share of the loss is not 0, at least 1. */
const teaching = (tf: Tf, inverseBest: Tensor): Tensor => tf.maximum(tf.sum(tf.step(inverseBest as never)), 1);

/**
 * Listwise softmax cross-entropy (Cao et al., ICML 2007; Bruch et al., ICTIR 2019): a query's gains as shares of their sum are what softmax of its scores is to be.
 * loss = mean_q - sum_i gain_i / sum(gains) (s_i - logsumexp_j s_j)
 * @param scores  [Q, n]
 * @returns scalar
 */
export function listwiseSoftmaxLoss(tf: Tf, scores: Tensor, { gains, closed, inverseBest }: JudgedPlaces): Tensor {
  const sums = tf.maximum(tf.sum(gains, 1, true), 1e-9);
  const shares = tf.mul(tf.div(gains, sums), tf.step(tf.expandDims(inverseBest, 1) as never));
  const normal = tf.expandDims(logSumExp(tf, tf.add(scores, closed)), 1);
  return tf.div(tf.sum(tf.mul(shares, tf.sub(normal, scores))), teaching(tf, inverseBest));
}

/**
 * Pairwise logistic loss weighted by what swapping the two would change of nDCG in the order of now (LambdaRank; Wang et al., CIKM 2018):
 * loss = mean_q sum_{gain_i > gain_j} (gain_i - gain_j) |discount_i - discount_j| / best  log2(1 + exp(s_j - s_i)), discounts by the ranks of the scores.
 * @param scores  [Q, n]
 * @returns scalar
 */
export function lambdaLoss(tf: Tf, scores: Tensor, { gains, closed, inverseBest }: JudgedPlaces): Tensor {
  const [queries, each] = scores.shape as [number, number];
  const open = tf.add(scores, closed);
  const row = (x: Tensor): Tensor => tf.reshape(x, [queries, each, 1]);
  const column = (x: Tensor): Tensor => tf.reshape(x, [queries, 1, each]);
  // by place: how many stand before it; no gradient runs through a step
  const ranks = tf.sum(tf.step(tf.sub(column(open), row(open)) as never), 2);
  const discounts = tf.div(Math.LN2, tf.log(tf.add(ranks, 2)));
  const lead = tf.relu(tf.sub(row(gains), column(gains)) as never);
  const swap = tf.abs(tf.sub(row(discounts), column(discounts)));
  const weights = tf.mul(tf.mul(lead, swap), tf.reshape(inverseBest, [queries, 1, 1]));
  // an empty place lies so far behind that it costs nothing
  const costs = tf.div(tf.softplus(tf.sub(column(open), row(scores)) as never), Math.LN2);
  return tf.div(tf.sum(tf.mul(weights, costs)), teaching(tf, inverseBest));
}
