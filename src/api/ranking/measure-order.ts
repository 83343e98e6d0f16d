import type { LoggedRows } from '../../../training/ranking/rows-file.js';
import { meanOf } from '../../evaluation/tune-fusion.js';

const depth = 10;

/** Figures of one order of the candidates, by query, and their means. */
export interface OrderFigures {
  readonly ndcg: readonly number[];
  /** documents that nobody judged dropped */
  readonly condensed: readonly number[];
  /** share of the first ten that was judged */
  readonly judged: readonly number[];
}

/**
 * nDCG@10 of an order of rows against the ideal of all that was judged, retrieved or not.
 * @param scores  by row, higher is better; rows of equal score stay in their order
 */
export function measureOrder(
  { groups, judged, gains, ideal, queries }: LoggedRows,
  scores: Float64Array,
): OrderFigures {
  const figures: { ndcg: number[]; condensed: number[]; judged: number[] } = { ndcg: [], condensed: [], judged: [] };
  for (let query = 0; query < queries.length; query++) {
    const order = Array.from({ length: groups[query + 1] - groups[query] }, (_, i) => groups[query] + i).sort(
      (a, b) => scores[b] - scores[a] || a - b,
    );
    const known = order.filter(row => !Number.isNaN(judged[row]));
    const gainOf = (rows: readonly number[]): number =>
      rows.slice(0, depth).reduce((sum, row, rank) => sum + gains[row] / Math.log2(rank + 2), 0) / ideal[query];
    figures.ndcg.push(gainOf(order));
    figures.condensed.push(gainOf(known));
    figures.judged.push(order.slice(0, depth).filter(row => !Number.isNaN(judged[row])).length / depth);
  }
  return figures;
}

/** Under the names that reports use. */
export const meansOf = ({ ndcg, condensed, judged }: OrderFigures): Record<string, number> => ({
  'nDCG@10': meanOf(ndcg),
  'condensed.nDCG@10': meanOf(condensed),
  'judged@10': meanOf(judged),
});
