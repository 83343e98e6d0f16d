import type { Candidate } from '../lexical/candidate.js';
import { convexCombination } from './fusion.js';

/** What each side returned for one validation query, kept so that the sweep retrieves once. */
export interface CachedCandidates {
  readonly query: string;
  readonly token: readonly Candidate[];
  readonly vector: readonly Candidate[];
}

export interface FusionCurve {
  /** of the vector side */
  readonly weight: number;
  /** the metric at that weight */
  readonly score: number;
  /** every weight tried, ascending; for the report */
  readonly curve: readonly { readonly weight: number; readonly score: number }[];
}

const steps = 20;

/**
 * Sweeps the weight of the vector side from 0 to 1 in steps of .05 over cached candidates and keeps the one of the highest metric;
 * of equal ones the smaller.
 * @param queries  candidates of validation queries, never of test queries
 * @param k        length of the fused lists that the metric sees
 * @param metric   ranked lists by query -> a figure, higher is better
 */
export function tuneFusionWeight(
  queries: readonly CachedCandidates[],
  k: number,
  metric: (run: ReadonlyMap<string, readonly Candidate[]>) => number,
): FusionCurve {
  const curve = Array.from({ length: steps + 1 }, (_, step) => {
    const weight = step / steps;
    const run = new Map(
      queries.map(({ query, token, vector }) => [query, convexCombination(token, vector, weight, k)]),
    );
    return { weight, score: metric(run) };
  });
  const best = curve.reduce((kept, point) => (point.score > kept.score ? point : kept));
  return { ...best, curve };
}
