import type { Ablated, AblationReport, AblationSplit } from '../api/training/ablate.js';
import { terminalTable } from './terminal-table.js';

/** The tables of an ablation, one for each set of queries. */
export const formatAblation = (report: AblationReport): string =>
  report.splits
    .map(split => `${split.name}, ${split.queries} queries, seeds ${report.seeds.join(' ')}\n${tableOf(report, split)}`)
    .join('\n\n');

function tableOf({ figure, variants }: AblationReport, { rows }: AblationSplit): string {
  const names = Object.keys(rows[0].figures);
  const several = rows.some(row => row.figures[figure].deviation !== undefined);
  const spread = several ? [`± ${figure} of seeds`] : [];
  const columns = [...names, ...spread, `difference in ${figure}`, '95%', 'p', 'seconds'];
  const body = rows.map(({ name, figures, differences }, r) => {
    const { deviation } = figures[figure];
    const found = differences?.[figure];
    return [
      name,
      ...names.map(column => figures[column].mean.toFixed(4)),
      ...(several ? [deviation?.toFixed(4) ?? ''] : []),
      ...(found === undefined
        ? ['', '', '']
        : [signed(found.mean), `[${signed(found.low)}, ${signed(found.high)}]`, found.pValue.toFixed(4)]),
      variants[r].seconds.toFixed(0),
    ];
  });
  return terminalTable([{ name: '' }, ...columns.map(name => ({ name, numeric: true }))], body);
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(4)}`;

/** Figures under `metrics.<row>` are those of the first set of queries, validation where there is one; all are in `splits`. */
export function ablationOutcome({ report, trained, file }: Ablated): Record<string, unknown> {
  const splits = Object.fromEntries(report.splits.map(split => [split.name, figuresOf(report, split)]));
  return {
    figure: report.figure,
    split: report.splits[0].name,
    ...figuresOf(report, report.splits[0]),
    seconds: Object.fromEntries(report.variants.map(({ name, seconds }) => [name, Number(seconds.toFixed(1))])),
    splits,
    trained,
    report: file,
  };
}

function figuresOf({ figure }: AblationReport, { rows }: AblationSplit) {
  const metrics = rows.map(row => [
    row.name,
    Object.fromEntries(Object.entries(row.figures).map(([name, { mean }]) => [name, mean])),
  ]);
  const differences = rows.slice(1).map(row => {
    const { mean, low, high, pValue } = row.differences![figure];
    return [row.name, { difference: mean, interval: [low, high], p: pValue }];
  });
  return { metrics: Object.fromEntries(metrics), differences: Object.fromEntries(differences) };
}
