import { differenceCell, figureText, pText } from '../../src/evaluation/report/figures.js';
import type {
  Cell,
  IntervalChartSection,
  KeyValuesSection,
  Section,
  TableSection,
} from '../../src/evaluation/report/sections.js';
import type { AblationRow, SeedMean } from './ablation-table.js';

/** One set of queries that the variants were measured by. */
export interface AblationSplit {
  /** `validation` or `test` */
  readonly name: string;
  readonly queries: number;
  /** least gain that counts as relevant */
  readonly relevanceLevel: number;
  /** the base first */
  readonly rows: readonly AblationRow[];
}

/** What an ablation shows. */
export interface AblationReport {
  readonly data: string;
  readonly seeds: readonly number[];
  /** the figure that rows are compared by */
  readonly figure: string;
  /** each the same rows in the same order */
  readonly splits: readonly AblationSplit[];
  /** what each row changes, and its training time in seconds, mean over the seeds */
  readonly variants: readonly { readonly name: string; readonly change: string; readonly seconds: number }[];
}

/** What was measured, the plot of differences, and for each set of queries the figures and their differences from the base. */
export const ablationSections = (report: AblationReport): Section[] => [
  overviewSection(report),
  differenceChart(report),
  ...report.splits.flatMap(split => [figuresSection(report, split), differencesSection(report, split)]),
  changesSection(report),
];

function overviewSection({ data, seeds, variants, splits }: AblationReport): KeyValuesSection {
  return {
    kind: 'keyValues',
    title: 'What was measured',
    note: 'The towers alone: every document scored exactly, no index, no tokens. One model was trained for each row and seed.',
    entries: [
      ['Data', data],
      ['Rows', `${variants.length}, the first is the base`],
      ['Seeds', seeds.join(', ')],
      ...splits.map(({ name, queries, relevanceLevel }): [string, string] => [
        `Judged ${name} queries`,
        `${queries}, relevant from a gain of ${relevanceLevel}`,
      ]),
    ],
  };
}

/** How far each row is from the base, one dot for each set of queries. */
export function differenceChart({ figure, splits }: AblationReport): IntervalChartSection {
  const dots = splits.flatMap(({ name, rows }) =>
    rows.slice(1).map(row => {
      const { mean, low, high } = row.differences![figure];
      return { group: row.name, series: name, value: mean, low, high };
    }),
  );
  return {
    kind: 'intervalChart',
    title: `Difference from the base in ${figure}`,
    note: 'Left of 0 the row is worse than the base. Lines are 95% bootstrap intervals over the queries; a dot is filled where its interval does not hold 0.',
    x: { label: `difference in ${figure}` },
    dots,
  };
}

function figuresSection({ variants }: AblationReport, { name, rows }: AblationSplit): TableSection {
  const names = Object.keys(rows[0].figures);
  const several = rows.some(row => names.some(figure => row.figures[figure].deviation !== undefined));
  // more of a weight is not better
  const best = new Map(
    names
      .filter(figure => !figure.endsWith('weight'))
      .map(figure => [figure, Math.max(...rows.map(row => row.figures[figure].mean))]),
  );
  return {
    kind: 'table',
    title: `Figures on ${name} queries`,
    note: `Means over all judged queries${several ? ' and over the seeds; below each the standard deviation of a seed' : ''}. The best of a column is bold.`,
    columns: [{ name: 'Row' }, ...[...names, 'seconds'].map(column => ({ name: column, numeric: true }))],
    rows: rows.map((row, r) => [
      row.name,
      ...names.map(figure => figureCell(row.figures[figure], row.figures[figure].mean === best.get(figure))),
      variants[r].seconds.toFixed(0),
    ]),
  };
}

const figureCell = ({ mean, deviation }: SeedMean, best: boolean): Cell => ({
  text: figureText(mean),
  ...(deviation !== undefined && { note: `± ${figureText(deviation)}` }),
  ...(best && { tone: 'best' }),
});

function differencesSection({ figure }: AblationReport, { name, rows }: AblationSplit): TableSection {
  const compared = Object.keys(rows[1].differences!);
  return {
    kind: 'table',
    title: `Differences from ${rows[0].name} on ${name} queries`,
    note: `Means of the per-query differences with their 95% bootstrap intervals; p (of ${figure}) from a paired two-sided randomisation test, not corrected for the number of rows. Coloured where p < 0.05. Both speak of the choice of queries, not of seeds.`,
    columns: [{ name: 'Row' }, ...[...compared, 'p'].map(column => ({ name: column, numeric: true }))],
    rows: rows
      .slice(1)
      .map(row => [
        row.name,
        ...compared.map(column => differenceCell(row.differences![column])),
        pText(row.differences![figure].pValue),
      ]),
  };
}

const changesSection = ({ variants }: AblationReport): KeyValuesSection => ({
  kind: 'keyValues',
  title: 'What each row changes',
  entries: variants.slice(1).map(({ name, change }) => [name, change]),
});
