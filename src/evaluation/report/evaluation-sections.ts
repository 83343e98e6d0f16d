import { bootstrapMean } from '../bootstrap.js';
import type { MetricTable } from '../evaluate.js';
import { differenceSections } from './difference-sections.js';
import type { EvaluatedRun, EvaluationReport } from './evaluation-report.js';
import { meanCell } from './figures.js';
import type { Cell, KeyValuesSection, Section, TableSection } from './sections.js';
import { sliceSections } from './slice-sections.js';

const prefix = 'condensed.';

/**
 * What an evaluation shows: means with intervals, the same on condensed lists, differences and their significance,
 * the queries that differ most, and every slice.
 * @throws TandemError 'usage/bad-value' when the runs were not judged by the same queries or lack the figure
 */
export function evaluationSections(report: EvaluationReport): Section[] {
  const names = Object.keys(report.runs[0].evaluation.means);
  const condensed = names.filter(name => name.startsWith(prefix));
  return [
    overviewSection(report.runs),
    figuresSection(
      report,
      names.filter(name => !name.startsWith(prefix)),
      {
        title: 'Figures',
        note: 'Means over all judged queries; below each its 95% bootstrap interval. The best of a column is bold.',
      },
    ),
    ...(condensed.length === 0 ? [] : [condensedSection(report, condensed)]),
    ...differenceSections(report),
    ...sliceSections(report),
  ];
}

function overviewSection(runs: readonly EvaluatedRun[]): KeyValuesSection {
  const answered = runs.map(({ name, evaluation }): [string, string] => [
    `Answered by ${name}`,
    `${evaluation.answered} of ${evaluation.queries}`,
  ]);
  const entries: [string, string][] = [['Judged queries', String(runs[0].evaluation.queries)], ...answered];
  return { kind: 'keyValues', title: 'What was measured', entries };
}

const condensedSection = (report: EvaluationReport, names: readonly string[]): TableSection =>
  figuresSection(report, names, {
    title: 'Figures on condensed lists',
    note: 'The same after documents that nobody judged were dropped: judgements have holes, and an unjudged document is not always a bad one.',
  });

function figuresSection(
  { runs, seed }: EvaluationReport,
  names: readonly string[],
  head: { readonly title: string; readonly note: string },
): TableSection {
  const highest = new Map(names.map(name => [name, Math.max(...runs.map(run => run.evaluation.means[name]))]));
  const cellOf = (table: MetricTable, name: string): Cell => {
    const interval = bootstrapMean(
      [...table.values()].map(figures => figures[name]),
      { seed },
    );
    return meanCell(interval, runs.length > 1 && interval.mean === highest.get(name));
  };
  return {
    kind: 'table',
    ...head,
    columns: [{ name: 'Run' }, ...names.map(name => ({ name: name.replace(prefix, ''), numeric: true }))],
    rows: runs.map(({ name, evaluation }) => [name, ...names.map(figure => cellOf(evaluation.perQuery, figure))]),
  };
}
