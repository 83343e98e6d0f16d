import { discount } from './ndcg.js';
import { sortByScore } from './order.js';

/** What gradients are computed from, and where they are put. */
export interface LambdaTable {
  /** [queries + 1] */
  readonly groups: Uint32Array;
  /** [rows] */
  readonly gains: Float64Array;
  /** [queries] 1 / the best discounted gain over the first `truncation`; 0 where nothing has a gain */
  readonly inverseBest: Float64Array;
  /** [queries] */
  readonly weights: Float64Array;
  /** [rows] */
  readonly scores: Float64Array;
  /** [rows] rows of each query; sorted by the call */
  readonly order: Uint32Array;
  /** [rows] */
  readonly spare: Uint32Array;
  /** [2 rows] gradient and hessian of each row: written */
  readonly gradients: Float32Array;
  /** pairs count whose better ranked document is among the first so many */
  readonly truncation: number;
}

/** What LightGBM adds to the distance of two scores before it divides by it. */
const leastDistance = 0.01;

/**
 * Lambdas of queries from..to: for each pair of a query with different gains
 *   |delta nDCG| = |gain_i - gain_j| |discount_i - discount_j| / best, rho = 1 / (1 + exp(s_better - s_worse)),
 *   gradient: - rho |delta nDCG| to the better, + to the worse; hessian: rho (1 - rho) |delta nDCG| to both.
 * Burges, From RankNet to LambdaRank to LambdaMART (MSR-TR-2010-82), section 7; normalised as LightGBM's `lambdarank_norm` does: |delta nDCG| by .01 + the
 * distance of the scores, and all of a query by log2(1 + S) / S, S twice the sum of its rho |delta nDCG|.
 */
export function computeLambdas(table: LambdaTable, from: number, to: number): void {
  const { groups, inverseBest } = table;
  table.gradients.fill(0, 2 * groups[from], 2 * groups[to]);
  const longest = longestQuery(groups, from, to);
  const work: QueryWork = {
    discounts: Float64Array.from({ length: longest }, (_, rank) => discount(rank)),
    scores: new Float64Array(longest),
    gains: new Float64Array(longest),
    gained: new Uint32Array(longest),
    lambda: new Float64Array(longest),
    hessian: new Float64Array(longest),
  };
  for (let query = from; query < to; query++) if (inverseBest[query] > 0) lambdasOfQuery(table, query, work);
}

function longestQuery(groups: Uint32Array, from: number, to: number): number {
  let longest = 0;
  for (let query = from; query < to; query++) longest = Math.max(longest, groups[query + 1] - groups[query]);
  return longest;
}

/** By rank from 0, of one query at a time. */
interface QueryWork {
  readonly discounts: Float64Array;
  readonly scores: Float64Array;
  readonly gains: Float64Array;
  /** ranks whose gain is above 0, ascending */
  readonly gained: Uint32Array;
  readonly lambda: Float64Array;
  readonly hessian: Float64Array;
}

function lambdasOfQuery(table: LambdaTable, query: number, work: QueryWork): void {
  const { groups, order, truncation } = table;
  const [from, to] = [groups[query], groups[query + 1]];
  sortByScore(order, from, to, table.scores, table.spare);
  const count = to - from;
  const { scores, gains, gained, lambda, hessian, discounts } = work;
  let gainedCount = 0;
  for (let rank = 0; rank < count; rank++) {
    const row = order[from + rank];
    scores[rank] = table.scores[row];
    gains[rank] = table.gains[row];
    if (gains[rank] > 0) gained[gainedCount++] = rank;
    lambda[rank] = 0;
    hessian[rank] = 0;
  }
  const isFlat = scores[0] === scores[count - 1];
  const inverse = table.inverseBest[query];
  let sum = 0;

  const addPair = (i: number, j: number): void => {
    const [better, worse] = gains[i] > gains[j] ? [i, j] : [j, i];
    const distance = scores[better] - scores[worse];
    let delta = (gains[better] - gains[worse]) * (discounts[i] - discounts[j]) * inverse;
    if (!isFlat) delta /= leastDistance + Math.abs(distance);
    const rho = 1 / (1 + Math.exp(distance));
    const push = rho * delta;
    const curve = push * (1 - rho);
    lambda[better] -= push;
    lambda[worse] += push;
    hessian[better] += curve;
    hessian[worse] += curve;
    sum += 2 * push;
  };

  let nextGained = 0;
  for (let i = 0; i < count - 1 && i < truncation; i++) {
    while (nextGained < gainedCount && gained[nextGained] <= i) nextGained++;
    // what has no gain pairs with what has one: most candidates have none
    if (gains[i] === 0) for (let at = nextGained; at < gainedCount; at++) addPair(i, gained[at]);
    else for (let j = i + 1; j < count; j++) if (gains[i] !== gains[j]) addPair(i, j);
  }
  if (sum === 0) return;
  const scale = (table.weights[query] * Math.log2(1 + sum)) / sum;
  for (let rank = 0; rank < count; rank++) {
    const row = order[from + rank];
    table.gradients[2 * row] = lambda[rank] * scale;
    table.gradients[2 * row + 1] = hessian[rank] * scale;
  }
}
