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
    powers: new Float64Array(longest),
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
  /** exp(score - highest score): one exponential a document instead of one a pair */
  readonly powers: Float64Array;
  readonly gains: Float64Array;
  /** ranks whose gain is above 0, ascending */
  readonly gained: Uint32Array;
  readonly lambda: Float64Array;
  readonly hessian: Float64Array;
}

/** Scores so far below the highest one count as so far below it: what is beyond has no power left to divide by. */
const farthest = 700;

function lambdasOfQuery(table: LambdaTable, query: number, work: QueryWork): void {
  const { groups, order, truncation, gradients } = table;
  const [from, to] = [groups[query], groups[query + 1]];
  sortByScore(order, from, to, table.scores, table.spare);
  const count = to - from;
  const { scores, powers, gains, gained, lambda, hessian } = work;
  const highest = table.scores[order[from]];
  let gainedCount = 0;
  for (let rank = 0; rank < count; rank++) {
    const row = order[from + rank];
    scores[rank] = table.scores[row];
    powers[rank] = Math.exp(Math.max(scores[rank] - highest, -farthest));
    gains[rank] = table.gains[row];
    if (gains[rank] > 0) gained[gainedCount++] = rank;
    lambda[rank] = 0;
    hessian[rank] = 0;
  }
  // where all scores are the same there is no distance to divide by
  const least = scores[0] === scores[count - 1] ? 0 : leastDistance;
  const inverse = table.inverseBest[query];
  let sum = 0;
  let nextGained = 0;
  for (let i = 0; i < count - 1 && i < truncation; i++) {
    while (nextGained < gainedCount && gained[nextGained] <= i) nextGained++;
    // what has no gain pairs with what has one: most candidates have none
    if (gains[i] === 0)
      for (let at = nextGained; at < gainedCount; at++) sum += addPair(work, i, gained[at], inverse, least);
    else for (let j = i + 1; j < count; j++) if (gains[i] !== gains[j]) sum += addPair(work, i, j, inverse, least);
  }
  if (sum === 0) return;
  const scale = (table.weights[query] * Math.log2(1 + 2 * sum)) / (2 * sum);
  for (let rank = 0; rank < count; rank++) {
    const row = order[from + rank];
    gradients[2 * row] = lambda[rank] * scale;
    gradients[2 * row + 1] = hessian[rank] * scale;
  }
}

/** @param i  rank above j @returns rho |delta nDCG| of the pair */
function addPair(
  { gains, scores, powers, discounts, lambda, hessian }: QueryWork,
  i: number,
  j: number,
  inverse: number,
  least: number,
): number {
  const difference = gains[i] - gains[j];
  const delta = Math.abs(difference) * (discounts[i] - discounts[j]) * inverse;
  const distance = scores[i] - scores[j];
  const weight = least === 0 ? delta : delta / (least + distance);
  const power = difference > 0 ? powers[j] : powers[i];
  const rho = power / (powers[i] + powers[j]);
  const push = rho * weight;
  const curve = push * (1 - rho);
  const toward = difference > 0 ? push : -push;
  lambda[i] -= toward;
  lambda[j] += toward;
  hessian[i] += curve;
  hessian[j] += curve;
  return push;
}
