import type { Candidate } from '../ranking/candidate.js';
import { candidateTable, type Sides } from '../ranking/candidate-table.js';
import { convexCombination } from '../ranking/fusion.js';
import type { QueryFacts } from '../ranking/query-classes.js';
import { rankCandidates } from '../ranking/ranker.js';
import { weightSteps } from '../search/fusion-prior.js';
import { condense, type Judgements, ndcg } from './metrics.js';

/** What each side returned for one query, kept so that the sweep retrieves once. */
export interface CachedQuery extends Sides {
  readonly judgements: Judgements;
  /** what tells its class */
  readonly facts?: QueryFacts;
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

/** What a hybrid search makes of the candidates of its sides. @param weight  of the vector side, [0, 1] */
export const fuse = (sides: Sides, weight: number): Candidate[] =>
  rankCandidates(convexCombination(weight, sides.token.length + sides.vector.length), candidateTable(sides));

/** Fuses cached candidates at weights of the vector side from 0 to 1 in steps of .05 and measures all of what they give. */
export function sweepWeights(queries: readonly CachedQuery[]): WeighedFigures[] {
  return Array.from({ length: weightSteps + 1 }, (_, step) => {
    const weight = step / weightSteps;
    const plain: number[] = [];
    const condensed: number[] = [];
    for (const query of queries) {
      const { judgements } = query;
      const ranked = fuse(query, weight).map(({ id }) => id);
      plain.push(ndcg(ranked, judgements, tunedDepth, 1));
      condensed.push(ndcg(condense(ranked, judgements), judgements, tunedDepth, 1));
    }
    return { weight, plain, condensed };
  });
}

export interface ChosenWeight {
  readonly weight: number;
  /** of the highest mean, of equal ones the nearest to the usual one */
  readonly best: number;
  /** the weights as good as the best as far as the queries tell, ascending */
  readonly asGood: readonly number[];
}

/**
 * Half way from the best weight to the one nearest to the usual among those that are as good as far as the queries tell (within one standard error
 * of the paired difference, as in the rule of Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984, 3.4.3); of two in the
 * middle the nearer to the best. So few queries give about what is usual, and many give what is best.
 * @param points  ascending by weight, evenly spaced; figures of the same queries, at least one
 * @param usual   [0, 1]
 */
export function chooseWeight(
  points: readonly { readonly weight: number; readonly figures: readonly number[] }[],
  usual: number,
): ChosenWeight {
  const numbers = [...points.keys()];
  const means = points.map(({ figures }) => meanOf(figures));
  // weights are multiples of .05 as doubles: of two equally near neither may win by rounding
  const nearer = (i: number, kept: number): boolean =>
    Math.abs(points[i].weight - usual) < Math.abs(points[kept].weight - usual) - 1e-9;
  const better = (i: number, kept: number): boolean =>
    means[i] > means[kept] || (means[i] === means[kept] && nearer(i, kept));
  const best = numbers.reduce((kept, i) => (better(i, kept) ? i : kept));
  const gapsTo = (i: number): number[] => points[best].figures.map((value, query) => value - points[i].figures[query]);
  const asGood = numbers.filter(i => withinOneError(gapsTo(i)));
  const nearest = asGood.reduce((kept, i) => (nearer(i, kept) ? i : kept));
  const middle = (best + nearest) / 2;
  const chosen = points[best > nearest ? Math.ceil(middle) : Math.floor(middle)];
  return { weight: chosen.weight, best: points[best].weight, asGood: asGood.map(i => points[i].weight) };
}

/** Whether a mean difference is no more than its standard error. */
export function withinOneError(differences: readonly number[]): boolean {
  const mean = meanOf(differences);
  const variance = meanOf(differences.map(value => (value - mean) ** 2));
  return mean <= Math.sqrt(variance / differences.length);
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
