import type { Cell, LineChartSection, Section, TableSection } from './sections.js';

/** What people do at a rank of the answers of a log. */
export interface ReportedRank {
  readonly rank: number;
  readonly views: number;
  readonly clicks: number;
  /** how much people look there, beside the first rank */
  readonly propensity: number;
  /** ends of its 95% interval */
  readonly low?: number;
  readonly high?: number;
  readonly weight: number;
}

/**
 * How much people look at each rank, beside how often they click there.
 * @param method  where the propensities come from, in a sentence
 */
export function propensitySections(ranks: readonly ReportedRank[], method: string): Section[] {
  return [chartSection(ranks, method), tableSection(ranks)];
}

function chartSection(ranks: readonly ReportedRank[], method: string): LineChartSection {
  const seen = ranks.filter(({ views }) => views > 0);
  const first = seen.at(0);
  const rate = ({ clicks, views }: ReportedRank): number => clicks / views;
  return {
    kind: 'lineChart',
    title: 'Propensity by rank',
    note: `${method} Where clicks fall faster than propensities, documents further down are also worse.`,
    x: { label: 'rank' },
    y: { label: 'beside the first rank' },
    series: [
      { name: 'propensity', points: ranks.map(({ rank, propensity }) => [rank, propensity] as const) },
      {
        name: 'clicks of a view',
        points: first === undefined ? [] : seen.map(one => [one.rank, rate(one) / rate(first)] as const),
      },
    ],
    dots: true,
  };
}

const tableSection = (ranks: readonly ReportedRank[]): TableSection => ({
  kind: 'table',
  title: 'Ranks',
  note: 'A click counts its weight: what it stands for of clicks that were not made because nobody looked there. Below a propensity its 95% interval, where it has one.',
  columns: [
    { name: 'Rank' },
    ...['views', 'clicks', 'clicks of a view', 'propensity', 'weight'].map(name => ({ name, numeric: true })),
  ],
  rows: ranks.map(one => [
    String(one.rank),
    String(one.views),
    String(one.clicks),
    one.views === 0 ? '' : (one.clicks / one.views).toFixed(4),
    propensityCell(one),
    one.weight.toFixed(2),
  ]),
});

const propensityCell = ({ propensity, low, high }: ReportedRank): Cell => ({
  text: propensity.toFixed(3),
  ...(low !== undefined && high !== undefined && { note: `${low.toFixed(3)} to ${high.toFixed(3)}` }),
});
