import * as Plot from '@observablehq/plot';
import {
  atBothWidths,
  colourOf,
  distinct,
  grid,
  legend,
  noData,
  type PlotElement,
  plot,
  readable,
  shortened,
  widths,
} from './chart.js';
import { html, type Markup } from './html.js';
import type { IntervalChartSection } from './sections.js';
import { lightColours } from './style.js';

type Dot = IntervalChartSection['dots'][number];

/** Pixels between the series of a group, and what a group takes beside them. */
const seriesHeight = 13;
const groupGap = 13;

/** Dots with intervals, one line for each group and series. */
export function intervalChart(section: IntervalChartSection): Markup {
  const dots = drawable(section);
  if (dots.length === 0) return noData;
  const names = distinct(dots.map(({ series }) => series));
  return html`${legend(names, 'bar')}${atBothWidths(section.title, width => intervalPlot(section, dots, width))}`;
}

/** The chart by itself, as the text of an SVG file in the colours of the light setting, with its title and its series named. */
export function intervalChartFile(section: IntervalChartSection): string {
  const dots = drawable(section);
  const names = distinct(dots.map(({ series }) => series));
  const head = [section.title, ...(names.length > 1 ? names : [])];
  const element = intervalPlot(section, dots, widths.wide, head);
  element.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  element.setAttribute('color', lightColours.get('--text')!);
  element.setAttribute('style', 'background:#fff');
  return `${element.outerHTML.replace(/var\((--[\w-]+)\)/g, (all, name: string) => lightColours.get(name) ?? all)}\n`;
}

const drawable = ({ dots }: IntervalChartSection): Dot[] =>
  dots.filter(({ value, low, high }) => [value, low, high].every(Number.isFinite));

/** @param head  a title and the names of series, written over the chart */
function intervalPlot(
  { x }: IntervalChartSection,
  dots: readonly Dot[],
  width: number,
  head: readonly string[] = [],
): PlotElement {
  const groups = distinct(dots.map(({ group }) => group));
  const names = distinct(dots.map(({ series }) => series));
  const letters = width > 400 ? 36 : 14;
  const longest = Math.max(0, ...groups.map(group => Math.min(group.length, letters)));
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
  return plot(width, groups.length * (names.length * seriesHeight + groupGap) + (head.length > 0 ? 84 : 60), {
    marginLeft: 20 + longest * 7,
    marginTop: head.length > 0 ? 34 : 8,
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
    marks: [Plot.gridX(grid), Plot.ruleX([0]), ...marks, ...headMarks(head)],
  });
}

const titleOf = ({ group, series, value, low, high }: Dot): string =>
  `${group}\n${series} ${readable(value)} [${readable(low)}, ${readable(high)}]`;

/** The title, and to its right each series in its colour. */
function headMarks([title, ...names]: readonly string[]): Plot.Markish[] {
  if (title === undefined) return [];
  const above = { dy: -20, fontSize: 13 } as const;
  let dx = 0;
  return [
    Plot.text([title], { ...above, frameAnchor: 'top-left', fontWeight: 'bold', text: d => d }),
    ...[...names.entries()].reverse().map(([i, name]) => {
      const mark = Plot.text([`● ${name}`], {
        ...above,
        frameAnchor: 'top-right',
        dx,
        fill: colourOf(i),
        text: d => d,
      });
      dx -= 30 + 8 * name.length;
      return mark;
    }),
  ];
}
