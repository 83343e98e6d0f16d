import { type BootstrapOptions, bootstrapStatistic, type Interval } from './bootstrap.js';
import type { AucPair } from './sampled-auc.js';

/**
 * ROC AUC of one set of scores less that of another over the same pairs, with a bootstrap interval: whole queries are drawn with
 * replacement, for the pairs of a query do not vary by themselves. A draw that lacks one of the two classes counts as no difference.
 * @param pairs   of at least one query, such as sampleAucPairs gives them
 * @param first   [pairs]; higher = more relevant
 * @param second  [pairs]
 * @throws TandemError 'evaluation/no-queries', 'usage/bad-value'
 */
export function aucDifference(
  pairs: readonly AucPair[],
  first: Float64Array,
  second: Float64Array,
  options: BootstrapOptions,
): Interval {
  const places = new Map<number, number>();
  for (const { query } of pairs) if (!places.has(query)) places.set(query, places.size);
  const place = Int32Array.from(pairs, ({ query }) => places.get(query)!);
  const [one, two] = [first, second].map(scores => weightedAuc(pairs, scores, place));
  return bootstrapStatistic(places.size, drawn => one(drawn) - two(drawn), options);
}

/**
 * Area under the ROC curve of pairs that count as often as their query was drawn; sorted once, O(pairs) a draw.
 * @returns the function of the draws; .5 where a class is missing
 */
function weightedAuc(
  pairs: readonly AucPair[],
  scores: Float64Array,
  place: Int32Array,
): (drawn: Int32Array) => number {
  const order = Uint32Array.from(pairs.keys()).sort((a, b) => scores[a] - scores[b]);
  const sorted = Float64Array.from(order, i => scores[i]);
  const query = Int32Array.from(order, i => place[i]);
  const positive = Uint8Array.from(order, i => (pairs[i].positive ? 1 : 0));
  return drawn => {
    let [area, positives, negatives] = [0, 0, 0];
    for (let start = 0; start < sorted.length; ) {
      let [above, beside] = [0, 0];
      let end = start;
      for (; end < sorted.length && sorted[end] === sorted[start]; end++) {
        const times = drawn[query[end]];
        if (positive[end] === 1) above += times;
        else beside += times;
      }
      // of a positive: the negatives below it, and half of those that score the same
      area += above * (negatives + beside / 2);
      positives += above;
      negatives += beside;
      start = end;
    }
    return positives === 0 || negatives === 0 ? 0.5 : area / (positives * negatives);
  };
}
