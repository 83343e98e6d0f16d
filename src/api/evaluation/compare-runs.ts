import { compareRuns } from '../../evaluation/compare.js';
import type { EvaluatedRun } from '../../evaluation/report/evaluation-report.js';
import type { ComparedRuns } from '../options.js';

export type { ComparedRuns };

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
