import { TandemError } from '../errors/tandem-error.js';

/**
 * Batch Recall@K: part of rows i of a score matrix whose own column i is among the K best of the row.
 * A tie with another column counts against the row and so does NaN, so that a model that gives one score to everything gains nothing.
 * Source: Que2Search (KDD 2021), 5.1.
 * @param scores  float32 [B, B], row-major; row = query, column = document, the diagonal holds the positives
 * @param B       rows, >= 1
 * @param K       1..B
 * @returns in [0, 1]
 * @throws TandemError 'usage/bad-value' when the matrix is not [B, B]
 */
export function batchRecall(scores: Float32Array, B: number, K: number): number {
  if (B < 1 || scores.length !== B * B) {
    throw new TandemError(
      'usage/bad-value',
      `Batch Recall: a score matrix of ${B} rows must have ${B * B} scores, got ${scores.length}`,
    );
  }
  let hits = 0;
  for (let row = 0; row < B; row++) {
    const own = scores[row * B + row];
    let ahead = 0;
    for (let column = 0; column < B && ahead < K; column++) {
      if (column !== row && !(scores[row * B + column] < own)) ahead++;
    }
    if (ahead < K) hits++;
  }
  return hits / B;
}

/**
 * KNN Recall@K: part of queries whose positive document is among the K nearest of the whole collection.
 * Source: Que2Search (KDD 2021), 5.1.
 * @param neighbours  for each query, document ids, nearest first
 * @param positives   the positive document of each query, in the same order
 * @returns in [0, 1]
 * @throws TandemError 'usage/bad-value' when the lists differ in length, 'evaluation/no-queries' when they are empty
 */
export function knnRecall(neighbours: readonly (readonly string[])[], positives: readonly string[], K: number): number {
  if (neighbours.length !== positives.length) {
    const lengths = `${neighbours.length} lists of neighbours, ${positives.length} positives`;
    throw new TandemError('usage/bad-value', `KNN Recall: every query needs neighbours and a positive, got ${lengths}`);
  }
  if (positives.length === 0) throw new TandemError('evaluation/no-queries', 'KNN Recall: no queries');
  const hits = positives.filter((positive, i) => neighbours[i].slice(0, K).includes(positive)).length;
  return hits / positives.length;
}

/**
 * Area under the ROC curve = P(score of a positive > score of a negative) + P(equal) / 2, exact, in O(n log n).
 * Mann-Whitney: (R - P (P + 1) / 2) / (P N), R = sum of the ranks of the P positives, ties sharing the mean of their ranks.
 * Source: Hanley & McNeil (Radiology 1982).
 * @param scores    [n], finite or infinite; higher = more positive
 * @param positive  [n], true (or not 0) for a positive
 * @returns in [0, 1]; .5 = no better than chance
 * @throws TandemError 'usage/bad-value' (lengths differ, NaN), 'evaluation/one-class' (no positive or no negative)
 */
export function rocAuc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  const n = scores.length;
  if (positive.length !== n) {
    throw new TandemError('usage/bad-value', `ROC AUC: ${n} scores need ${n} labels, got ${positive.length}`);
  }
  const order = sortedByScore(scores);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < n; ) {
    let end = start;
    let positivesHere = 0;
    for (; end < n && scores[order[end]] === scores[order[start]]; end++) if (positive[order[end]]) positivesHere++;
    // the 1-based ranks start + 1 .. end share their mean
    rankSum += (positivesHere * (start + 1 + end)) / 2;
    positives += positivesHere;
    start = end;
  }
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) {
    throw new TandemError('evaluation/one-class', `ROC AUC: ${positives} positives and ${negatives} negatives`);
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function sortedByScore(scores: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) {
    if (Number.isNaN(scores[i])) throw new TandemError('usage/bad-value', `ROC AUC: score ${i} is not a number`);
    order[i] = i;
  }
  // not a difference: infinite scores would make it NaN
  return order.sort((a, b) => (scores[a] < scores[b] ? -1 : scores[a] > scores[b] ? 1 : 0));
}
