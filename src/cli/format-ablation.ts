import type { AblationReport, AblationSplit } from '../../training/report/ablation-sections.js';
import { terminalTable } from '../evaluation/terminal-table.js';

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
