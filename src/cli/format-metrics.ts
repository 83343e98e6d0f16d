import type { ComparedRuns } from '../api/evaluation/compare-runs.js';
import type { Evaluated } from '../api/evaluation/evaluate-report.js';
import type { RankerEvaluation } from '../api/ranking/evaluate-ranker.js';
import { terminalTable } from './terminal-table.js';

type Runs = Evaluated['runs'];

/** Figures of several runs as a table: a row each, four digits as the literature prints them. */
export function formatMetrics(runs: Runs): string {
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

/** One figure of several runs by slice, a row for each value. @param names  slices that are shown */
export function formatSlices(
  runs: readonly { readonly name: string }[],
  sliced: NonNullable<RankerEvaluation['slices']>,
  figure: string,
  names: readonly string[] = Object.keys(sliced),
): string {
  const shown = runs.map(({ name }) => name);
  const columns = [{ name: `${figure} by slice` }, ...['queries', ...shown].map(name => ({ name, numeric: true }))];
  const rows = names.flatMap(slice =>
    Object.entries(sliced[slice] ?? {}).map(([value, figures]) => [
      `${slice} ${value}`,
      String(figures.queries),
      ...shown.map(name => figures[name].toFixed(4)),
    ]),
  );
  return terminalTable(columns, rows);
}

export function formatComparison({ first, second, figure, mean, low, high, pValue }: ComparedRuns): string {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(4)}`;
  return `${first} - ${second}: ${figure} ${signed(mean)} [${signed(low)}, ${signed(high)}], p = ${pValue.toFixed(4)}`;
}

/** `metrics.<name>.<figure>`, as `--json` prints them; the figures of the embeddings stand under `vector`. */
export function metricsOf(
  runs: Runs,
  vectors?: Evaluated['vectors'],
): Record<string, Runs[number]['evaluation']['means']> {
  const metrics = Object.fromEntries(runs.map(({ name, evaluation }) => [name, evaluation.means]));
  return vectors === undefined ? metrics : { ...metrics, vector: { ...metrics.vector, ...vectors.figures } };
}
