import type { Interval } from '../../src/evaluation/bootstrap.js';
import { differenceText, figureText, intervalText } from '../../src/evaluation/report/figures.js';
import type {
  BarChartSection,
  Cell,
  KeyValuesSection,
  Section,
  TableSection,
} from '../../src/evaluation/report/sections.js';

/** What one channel is worth: figures with it at its default value in every row, against those of the whole towers. */
export interface ChannelImportance {
  readonly tower: 'query' | 'document';
  readonly channel: string;
  /** part of the rows that have something for the channel, in [0, 1] */
  readonly share: number;
  /** figures without the channel, by name */
  readonly without: Readonly<Record<string, number>>;
  /** with less without, by the same names; above 0 = the channel helps */
  readonly lost: Readonly<Record<string, Interval>>;
}

/** Mean fusion weights of a tower, for one way to cut its rows. */
export interface FusionWeights {
  readonly tower: 'query' | 'document';
  /** what the rows are cut by, such as `words`; `all` = not at all */
  readonly by: string;
  readonly channels: readonly string[];
  readonly rows: readonly {
    readonly value: string;
    readonly count: number;
    /** by channel; they sum to 1 */
    readonly weights: readonly number[];
  }[];
}

/** What was found out about a trained model. */
export interface Inspection {
  readonly queries: number;
  readonly documents: number;
  /** of the whole towers, by name */
  readonly figures: Readonly<Record<string, number>>;
  readonly importance: readonly ChannelImportance[];
  readonly weights: readonly FusionWeights[];
}

/** Importance of the channels, most important first, and fusion weights, each as a chart and a table. */
export function inspectionSections(inspection: Inspection): Section[] {
  const names = Object.keys(inspection.figures);
  return [
    overviewSection(inspection),
    ...names.map(name => importanceChart(inspection, name)),
    importanceTable(inspection, names),
    ...inspection.weights.flatMap(table => [weightsChart(table), weightsTable(table)]),
  ];
}

/** By what the first figure loses without them, the most first. */
export function byImportance({ figures, importance }: Inspection): ChannelImportance[] {
  const [first] = Object.keys(figures);
  return [...importance].sort((a, b) => b.lost[first].mean - a.lost[first].mean);
}

const channelName = ({ tower, channel }: ChannelImportance): string => `${tower}: ${channel}`;

function overviewSection({ queries, documents, figures }: Inspection): KeyValuesSection {
  return {
    kind: 'keyValues',
    title: 'What was looked at',
    note: 'Vector retrieval alone, every document scored exactly.',
    entries: [
      ['Judged queries', String(queries)],
      ['Documents', String(documents)],
      ...Object.entries(figures).map(([name, value]) => [name, figureText(value)] as const),
    ],
  };
}

const importanceChart = (inspection: Inspection, name: string): BarChartSection => ({
  kind: 'barChart',
  title: `Importance of the channels: ${name}`,
  note: `How much ${name} loses when the channel is empty in every row of its tower. Thin lines are 95% bootstrap intervals.`,
  x: { label: `loss of ${name}` },
  bars: byImportance(inspection).map(channel => {
    const { mean, low, high } = channel.lost[name];
    return { group: channelName(channel), series: name, value: mean, low, high };
  }),
});

function importanceTable(inspection: Inspection, names: readonly string[]): TableSection {
  const { figures } = inspection;
  const whole: Cell[] = names.map(name => ({ text: figureText(figures[name]), tone: 'best' }));
  return {
    kind: 'table',
    title: 'Importance of the channels: figures',
    note: 'Figures without the channel, and below each what is lost with its 95% bootstrap interval. Coloured where the interval does not hold 0.',
    columns: [
      { name: 'Without' },
      { name: 'rows that have it', numeric: true },
      ...names.map(name => ({ name, numeric: true })),
    ],
    rows: [
      ['(nothing: the whole towers)', '', ...whole],
      ...byImportance(inspection).map(channel => [
        channelName(channel),
        `${(100 * channel.share).toFixed(1)}%`,
        ...names.map(name => lossCell(channel, name)),
      ]),
    ],
  };
}

function lossCell({ without, lost }: ChannelImportance, name: string): Cell {
  const interval = lost[name];
  const cell = {
    text: figureText(without[name]),
    note: `loses ${differenceText(interval.mean)}, ${intervalText(interval)}`,
  };
  if (interval.low > 0) return { ...cell, tone: 'down' };
  return interval.high < 0 ? { ...cell, tone: 'up' } : cell;
}

const weightsTitle = ({ tower, by }: FusionWeights): string =>
  `Fusion weights of the ${tower} tower${by === 'all' ? '' : ` by ${by}`}`;

const weightsChart = (table: FusionWeights): BarChartSection => ({
  kind: 'barChart',
  title: weightsTitle(table),
  note: 'Mean over the rows of how much each channel counts in the embedding; a channel that a row has nothing for counts 0 there.',
  x: { label: 'mean fusion weight' },
  bars: table.rows.flatMap(({ value, weights }) =>
    weights.map((weight, c) => ({ group: value, series: table.channels[c], value: weight })),
  ),
});

const weightsTable = (table: FusionWeights): TableSection => ({
  kind: 'table',
  title: `${weightsTitle(table)}: figures`,
  columns: [
    { name: table.by },
    { name: table.tower === 'query' ? 'queries' : 'documents', numeric: true },
    ...table.channels.map(name => ({ name, numeric: true })),
  ],
  rows: table.rows.map(({ value, count, weights }) => [
    value,
    String(count),
    ...weights.map(weight => weight.toFixed(3)),
  ]),
});
