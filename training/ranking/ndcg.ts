import type { RankingRows } from './rows.js';

/** What a document counts at a rank from 0: 1 / log2(rank + 2). */
export const discount = (rank: number): number => 1 / Math.log2(rank + 2);

/** Discounted gain of the best order of each query, over its first k. @returns by query; 0 where nothing has a gain */
export function bestGains({ gains, groups }: RankingRows, k: number): Float64Array {
  return Float64Array.from({ length: groups.length - 1 }, (_, query) => {
    const best = gains
      .slice(groups[query], groups[query + 1])
      .sort()
      .reverse()
      .subarray(0, k);
    return best.reduce((sum, gain, rank) => sum + gain * discount(rank), 0);
  });
}

/**
 * nDCG@k (Järvelin & Kekäläinen, TOIS 2002) with gains as they are, by rows of scores; of equal scores the row that comes first stands first, as in serving.
 * @returns the mean over queries with a gain, weighted where they have weights; 0 where there are none
 */
export function ndcgMeter(rows: RankingRows, k: number): (scores: Float64Array) => number {
  const { gains, groups, weights } = rows;
  const best = bestGains(rows, k);
  const discounts = Float64Array.from({ length: k }, (_, rank) => discount(rank));
  const top = new Uint32Array(k);
  return scores => {
    let [sum, all] = [0, 0];
    for (let query = 0; query < best.length; query++) {
      if (best[query] === 0) continue;
      const weight = weights?.[query] ?? 1;
      const held = firstRows(scores, groups[query], groups[query + 1], top);
      let gained = 0;
      for (let rank = 0; rank < held; rank++) gained += gains[top[rank]] * discounts[rank];
      sum += (weight * gained) / best[query];
      all += weight;
    }
    return all === 0 ? 0 : sum / all;
  };
}

/** Puts the rows of the highest scores into `top`, best first. @returns how many */
function firstRows(scores: Float64Array, from: number, to: number, top: Uint32Array): number {
  let held = 0;
  for (let row = from; row < to; row++) {
    const score = scores[row];
    if (held === top.length && score <= scores[top[held - 1]]) continue;
    let place = held < top.length ? held++ : held - 1;
    for (; place > 0 && scores[top[place - 1]] < score; place--) top[place] = top[place - 1];
    top[place] = row;
  }
  return held;
}
