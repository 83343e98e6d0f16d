import { bootstrapMean, type Interval } from '../bootstrap.js';
import { type Slice, sliceEvaluation } from '../slices.js';
import type { EvaluationReport } from './evaluation-report.js';
import { meanCell } from './figures.js';
import type { BarChartSection, Section, TableSection } from './sections.js';

/** One value of a slice with the interval of every run, in the order of the runs. */
interface SliceRow {
  readonly value: string;
  readonly queries: number;
  readonly intervals: readonly Interval[];
}

/** For every slice name a chart and a table; none without slices. */
export function sliceSections(report: EvaluationReport): Section[] {
  const { slices } = report;
  if (!slices) return [];
  const cut = report.runs.map(run => sliceEvaluation(run.evaluation.perQuery, slices));
  const names = [...new Set(cut[0].map(slice => slice.name))];
  return names.flatMap(name => {
    const rows = rowsOf(
      report,
      cut.map(run => run.filter(slice => slice.name === name)),
    );
    return [chartSection(report, name, rows), tableSection(report, name, rows)];
  });
}

/** @param cut  slices of one name for each run; the runs hold the same queries, so the values stand in the same order */
const rowsOf = ({ figure, seed }: EvaluationReport, cut: readonly (readonly Slice[])[]): SliceRow[] =>
  cut[0].map(({ value, perQuery }, i) => ({
    value,
    queries: perQuery.size,
    intervals: cut.map(run =>
      bootstrapMean(
        [...run[i].perQuery.values()].map(figures => figures[figure]),
        { seed },
      ),
    ),
  }));

const chartSection = (
  { runs, figure }: EvaluationReport,
  name: string,
  rows: readonly SliceRow[],
): BarChartSection => ({
  kind: 'barChart',
  title: `${figure} by ${name}`,
  note: 'Thin lines are 95% bootstrap intervals.',
  x: { label: figure },
  bars: rows.flatMap(({ value, intervals }) =>
    intervals.map(({ mean, low, high }, i) => ({ group: value, series: runs[i].name, value: mean, low, high })),
  ),
});

const tableSection = ({ runs, figure }: EvaluationReport, name: string, rows: readonly SliceRow[]): TableSection => ({
  kind: 'table',
  title: `${figure} by ${name}: figures`,
  columns: [{ name }, { name: 'queries', numeric: true }, ...runs.map(run => ({ name: run.name, numeric: true }))],
  rows: rows.map(({ value, queries, intervals }) => {
    const highest = Math.max(...intervals.map(({ mean }) => mean));
    return [
      value,
      String(queries),
      ...intervals.map(interval => meanCell(interval, runs.length > 1 && interval.mean === highest)),
    ];
  }),
});
