import * as Plot from '@observablehq/plot';
import { colourOf, type Drawing, distinct, grid, type PlotElement, plot, readable, shortened } from './plot.js';
import type { IntervalChartSection } from './sections.js';

type Dot = IntervalChartSection['dots'][number];

/** Pixels between the series of a group, and what a group takes beside them. */
const seriesHeight = 13;
const groupGap = 13;

/** Dots with intervals, one line for each group and series; undefined where there is nothing to draw. */
export function intervalDrawing(section: IntervalChartSection): Drawing | undefined {
  const dots = section.dots.filter(({ value, low, high }) => [value, low, high].every(Number.isFinite));
  if (dots.length === 0) return undefined;
  const names = distinct(dots.map(({ series }) => series));
  return { names, shape: 'bar', draw: width => intervalPlot(section, dots, names, width) };
}

function intervalPlot(
  { x }: IntervalChartSection,
  dots: readonly Dot[],
  names: readonly string[],
  width: number,
): PlotElement {
  const groups = distinct(dots.map(({ group }) => group));
  const letters = width > 400 ? 36 : 14;
  const longest = Math.max(...groups.map(group => Math.min(group.length, letters)));
  const marks = names.flatMap((name, i) => {
    const own = dots.filter(({ series }) => series === name);
    const dy = (i - (names.length - 1) / 2) * seriesHeight;
    const stroke = colourOf(i);
    return [
      Plot.ruleY(own, { x1: 'low', x2: 'high', y: 'group', dy, stroke, strokeWidth: 2 }),
      Plot.dot(own, {
        x: 'value',
        y: 'group',
        dy,
        r: 4,
        stroke,
        strokeWidth: 2,
        fill: ({ low, high }: Dot) => (low > 0 || high < 0 ? stroke : 'var(--card)'),
        title: titleOf,
      }),
    ];
  });
  return plot(width, groups.length * (names.length * seriesHeight + groupGap) + 60, {
    marginLeft: 20 + longest * 7,
    marginTop: 8,
    marginBottom: 40,
    x: { label: x.label, nice: true, zero: true },
    y: {
      label: null,
      domain: groups,
      type: 'band',
      tickSize: 0,
      tickFormat: (group: string) => shortened(group, letters),
    },
    color: { type: 'identity' },
    marks: [Plot.gridX(grid), Plot.ruleX([0]), ...marks],
  });
}

const titleOf = ({ group, series, value, low, high }: Dot): string =>
  `${group}\n${series} ${readable(value)} [${readable(low)}, ${readable(high)}]`;
