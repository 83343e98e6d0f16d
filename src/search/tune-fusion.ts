import { bootstrapMean, type Interval } from '../evaluation/bootstrap.js';
import type { Candidate } from '../lexical/candidate.js';
import { convexCombination } from './fusion.js';

/** What each side returned for one query, kept so that the sweep retrieves once. */
export interface CachedCandidates {
  readonly query: string;
  readonly token: readonly Candidate[];
  readonly vector: readonly Candidate[];
}

export interface FusionCurve {
  /** of the vector side */
  readonly weight: number;
  /** the figure at that weight, meaned over the queries */
  readonly score: number;
  /** every weight tried, ascending; for the report */
  readonly curve: readonly { readonly weight: number; readonly score: number }[];
  /** what the best weight is ahead of weight 0, the tokens' own order */
  readonly lead: Interval;
}

const steps = 20;

/**
 * Sweeps the weight of the vector side from 0 to 1 in steps of .05 over cached candidates and keeps the one of the highest figure,
 * of equal ones the smaller. Where the queries do not tell that it is better than weight 0 (its lead's 95 % interval reaches 0), the weight
 * is 0: vectors that are not of use are not mixed in.
 * @param queries  candidates of at least one query, never of test queries
 * @param k        length of the fused lists that the figure sees
 * @param figure   ranked list of a query -> its figure, higher is better
 */
export function tuneFusionWeight(
  queries: readonly CachedCandidates[],
  k: number,
  figure: (query: string, ranked: readonly Candidate[]) => number,
): FusionCurve {
  const points = Array.from({ length: steps + 1 }, (_, step) => {
    const weight = step / steps;
    const figures = queries.map(({ query, token, vector }) =>
      figure(query, convexCombination(token, vector, weight, k)),
    );
    return { weight, figures, score: figures.reduce((sum, value) => sum + value, 0) / figures.length };
  });
  const [tokens] = points;
  const best = points.reduce((kept, point) => (point.score > kept.score ? point : kept));
  const lead = bootstrapMean(
    best.figures.map((value, i) => value - tokens.figures[i]),
    { seed: 0 },
  );
  const { weight, score } = lead.low > 0 ? best : tokens;
  return { weight, score, lead, curve: points.map(point => ({ weight: point.weight, score: point.score })) };
}
