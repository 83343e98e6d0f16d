import { type Comparison, compareRuns } from '../evaluation/compare.js';
import type { EvaluatedRun } from '../evaluation/report/evaluation-report.js';
import { terminalTable } from '../evaluation/terminal-table.js';

/** Figures of several runs as a table: a row each, four digits as the literature prints them. */
export function formatMetrics(runs: readonly EvaluatedRun[]): string {
  const names = Object.keys(runs[0].evaluation.means);
  const columns = [{ name: '' }, ...names.map(name => ({ name, numeric: true }))];
  const rows = runs.map(({ name, evaluation }) => [name, ...names.map(figure => evaluation.means[figure].toFixed(4))]);
  return terminalTable(columns, rows);
}

/** Figures of one thing as a table of one row. */
export function formatFigures(name: string, figures: Readonly<Record<string, number>>): string {
  const columns = [{ name: '' }, ...Object.keys(figures).map(figure => ({ name: figure, numeric: true }))];
  return terminalTable(columns, [[name, ...Object.values(figures).map(value => value.toFixed(4))]]);
}

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

export function formatComparison({ first, second, figure, mean, low, high, pValue }: ComparedRuns): string {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(4)}`;
  return `${first} - ${second}: ${figure} ${signed(mean)} [${signed(low)}, ${signed(high)}], p = ${pValue.toFixed(4)}`;
}
