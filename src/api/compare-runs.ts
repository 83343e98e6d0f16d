import { type Comparison, compareRuns } from '../evaluation/compare.js';
import type { EvaluatedRun } from '../evaluation/report/evaluation-report.js';

/** Two runs compared by one figure. */
export interface ComparedRuns extends Comparison {
  readonly first: string;
  readonly second: string;
  readonly figure: string;
}

/** The first run against each of the others. */
export function compareWithFirst(runs: readonly EvaluatedRun[], figure: string, seed: number): ComparedRuns[] {
  const [first, ...others] = runs;
  return others.map(other => ({
    first: first.name,
    second: other.name,
    figure,
    ...compareRuns(first.evaluation.perQuery, other.evaluation.perQuery, figure, { seed }),
  }));
}
