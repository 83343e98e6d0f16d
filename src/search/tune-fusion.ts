import { condense, type Judgements, ndcg } from '../evaluation/metrics.js';
import { convexCombination, type Sides } from './fusion.js';
import { weightSteps } from './fusion-prior.js';

/** What each side returned for one query, kept so that the sweep retrieves once. */
export interface CachedQuery extends Sides {
  readonly judgements: Judgements;
}

/** Ranks that the figure looks at. */
export const tunedDepth = 10;

/** nDCG@10 of the queries, in their order, at one weight of the vector side. */
export interface WeighedFigures {
  readonly weight: number;
  readonly plain: readonly number[];
  /** of the condensed lists: unjudged documents dropped */
  readonly condensed: readonly number[];
}

/** Fuses cached candidates at weights of the vector side from 0 to 1 in steps of .05 and measures all of what they give. */
export function sweepWeights(queries: readonly CachedQuery[]): WeighedFigures[] {
  return Array.from({ length: weightSteps + 1 }, (_, step) => {
    const weight = step / weightSteps;
    const plain: number[] = [];
    const condensed: number[] = [];
    for (const query of queries) {
      const { judgements } = query;
      const ranked = convexCombination(query, weight, Number.POSITIVE_INFINITY).map(({ id }) => id);
      plain.push(ndcg(ranked, judgements, tunedDepth, 1));
      condensed.push(ndcg(condense(ranked, judgements), judgements, tunedDepth, 1));
    }
    return { weight, plain, condensed };
  });
}

export interface ChosenWeight {
  readonly weight: number;
  /** of the highest mean, of equal ones the smallest */
  readonly best: number;
  /** the weights as good as the best as far as the queries tell, ascending */
  readonly asGood: readonly number[];
}

/**
 * Of the weights that are as good as the best one as far as the queries tell (within one standard error of the paired difference, the rule of
 * Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984, 3.4.3), the nearest to the usual one, of two equally near the
 * smaller. So few queries give what is usual, and many give what is best.
 * @param points  ascending by weight; figures of the same queries, at least one
 * @param usual   [0, 1]
 */
export function chooseWeight(
  points: readonly { readonly weight: number; readonly figures: readonly number[] }[],
  usual: number,
): ChosenWeight {
  const best = points.reduce((kept, point) => (meanOf(point.figures) > meanOf(kept.figures) ? point : kept));
  const asGood = points
    .filter(({ figures }) => withinOneError(best.figures.map((value, i) => value - figures[i])))
    .map(({ weight }) => weight);
  const distance = (weight: number): number => Math.abs(weight - usual);
  // weights are multiples of .05 as doubles: of two equally near neither may win by rounding
  const weight = asGood.reduce((kept, each) => (distance(each) < distance(kept) - 1e-9 ? each : kept));
  return { weight, best: best.weight, asGood };
}

/** Whether a mean difference, not below 0, is no more than its standard error. */
function withinOneError(differences: readonly number[]): boolean {
  const mean = meanOf(differences);
  const variance = meanOf(differences.map(value => (value - mean) ** 2));
  return mean <= Math.sqrt(variance / differences.length);
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
