import {
  byImportance,
  type ChannelImportance,
  type FusionWeights,
  type Inspection,
} from '../api/training/inspect-model.js';
import { terminalTable } from './terminal-table.js';

/** Importance of the channels and their fusion weights as tables. */
export const formatInspection = (inspection: Inspection): string =>
  [formatImportance(inspection), ...inspection.weights.map(formatWeights)].join('\n\n');

function formatImportance(inspection: Inspection): string {
  const names = Object.keys(inspection.figures);
  const columns = [{ name: 'without' }, { name: 'rows', numeric: true }];
  const figures = names.flatMap(name => [
    { name, numeric: true },
    { name: 'lost', numeric: true },
    { name: '95% interval', numeric: true },
  ]);
  const whole = ['(nothing)', '', ...names.flatMap(name => [inspection.figures[name].toFixed(4), '', ''])];
  return terminalTable(
    [...columns, ...figures],
    [whole, ...byImportance(inspection).map(row => importanceRow(row, names))],
  );
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(4)}`;

const importanceRow = (
  { tower, channel, share, without, lost }: ChannelImportance,
  names: readonly string[],
): string[] => [
  `${tower}.${channel}`,
  `${(100 * share).toFixed(1)}%`,
  ...names.flatMap(name => [
    without[name].toFixed(4),
    signed(lost[name].mean),
    `[${signed(lost[name].low)}, ${signed(lost[name].high)}]`,
  ]),
];

function formatWeights({ tower, by, channels, rows }: FusionWeights): string {
  const count = tower === 'query' ? 'queries' : 'documents';
  const columns = [`${tower} tower, ${by}`, count, ...channels].map((name, i) => ({ name, numeric: i > 0 }));
  return terminalTable(
    columns,
    rows.map(({ value, count, weights }) => [value, String(count), ...weights.map(weight => weight.toFixed(3))]),
  );
}
