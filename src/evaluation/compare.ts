import { TandemError } from '../errors/tandem-error.js';
import { bootstrapMean, type Interval } from './bootstrap.js';
import type { MetricTable } from './evaluate.js';
import { randomisationTest } from './randomisation.js';

/** Two runs on the same queries: the mean difference with its interval and whether chance explains it. */
export interface Comparison extends Interval {
  /** paired two-sided randomisation test, in (0, 1] */
  readonly pValue: number;
  /** queries on which the first, the second, or neither is ahead */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

/**
 * Per-query figure of the first less that of the second, in the order of the first table.
 * @throws TandemError 'usage/bad-value' when the tables do not hold the same queries or the figure
 */
export function differencesOf(
  first: MetricTable,
  second: MetricTable,
  figure: string,
): { query: string; difference: number }[] {
  if (first.size !== second.size) {
    throw new TandemError(
      'usage/bad-value',
      `runs to compare must be judged by the same queries, got ${first.size} and ${second.size}`,
    );
  }
  return [...first].map(([query, figures]) => {
    const difference = figures[figure] - (second.get(query)?.[figure] ?? Number.NaN);
    if (Number.isNaN(difference)) {
      throw new TandemError('usage/bad-value', `query ${query}: ${figure} is not there for both runs`, {
        query,
        figure,
      });
    }
    return { query, difference };
  });
}

/**
 * Compares two runs by one figure, such as `nDCG@10`; above 0 = the first is ahead.
 * @throws TandemError 'usage/bad-value' (see differencesOf), 'evaluation/no-queries'
 */
export function compareRuns(
  first: MetricTable,
  second: MetricTable,
  figure: string,
  options: { readonly seed: number },
): Comparison {
  const differences = differencesOf(first, second, figure).map(({ difference }) => difference);
  const count = (holds: (difference: number) => boolean): number => differences.filter(holds).length;
  return {
    ...bootstrapMean(differences, options),
    pValue: randomisationTest(differences, options),
    wins: count(difference => difference > 0),
    losses: count(difference => difference < 0),
    ties: count(difference => difference === 0),
  };
}
