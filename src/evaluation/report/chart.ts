import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, type Markup, trusted } from './html.js';
import type { Bar, BarChartSection, LineChartSection } from './sections.js';
import { seriesColours } from './style.js';

/** Pixels; each chart is drawn twice and the style sheet shows the one that fits, so that its letters stay readable on a phone. */
export const widths = { wide: 780, narrow: 330 } as const;
const fontSize = 12;
/** A second mark beside colour, for readers who cannot tell the colours apart. */
const dashes = ['none', '7 3', '2 3', '9 3 2 3'];

export const colourOf = (index: number): string => `var(--series-${index % seriesColours})`;
const dashOf = (index: number): string => dashes[index % dashes.length];
export const grid = { stroke: 'var(--grid)', strokeOpacity: 0.6 };

/** Curves over a number; a title on every dot shows its values. */
export function lineChart(section: LineChartSection): Markup {
  const { x, series } = section;
  const drawn = series.map(({ name, points }) => ({
    name,
    points: points.filter(point => isDrawable(point, x.scale)),
  }));
  if (drawn.every(({ points }) => points.length === 0)) return noData;
  const names = series.map(({ name }) => name);
  return html`${legend(names, 'line')}${atBothWidths(section.title, width => linePlot(section, drawn, width))}`;
}

/** Grouped bars, lying, so that long names can be read; intervals as thin lines. */
export function barChart(section: BarChartSection): Markup {
  const bars = section.bars.filter(bar => Number.isFinite(bar.value));
  if (bars.length === 0) return noData;
  const names = distinct(bars.map(bar => bar.series));
  return html`${legend(names, 'bar')}${atBothWidths(section.title, width => barPlot(section, bars, names, width))}`;
}

export const noData = html`<p class="note">No figures to draw.</p>`;

function linePlot(section: LineChartSection, series: LineChartSection['series'], width: number): PlotElement {
  const { x, y, dots, level, chosen } = section;
  const ticks = x.scale === 'log' ? distinct(series.flatMap(({ points }) => points.map(point => point[0]))) : undefined;
  const marks = series.flatMap(({ name, points }, i) => [
    Plot.lineY(points, { x: '0', y: '1', stroke: colourOf(i), strokeWidth: 2, strokeDasharray: dashOf(i) }),
    ...(dots ? [Plot.dot(points, { x: '0', y: '1', r: 3, fill: colourOf(i), title: titleOf(name, section) })] : []),
  ]);
  return plot(width, width > 400 ? 300 : 230, {
    marginLeft: 56,
    x: {
      label: x.label,
      type: x.scale ?? 'linear',
      ...(ticks && { ticks, tickFormat: String }),
      nice: x.scale !== 'log',
    },
    y: { label: y.label, nice: true, insetBottom: 6 },
    marks: [
      Plot.gridY(grid),
      ...(level === undefined ? [] : [Plot.ruleY([level], { stroke: 'currentColor', strokeOpacity: 0.6 })]),
      ...(chosen === undefined ? [] : [Plot.ruleX([chosen], { stroke: 'currentColor', strokeDasharray: '4 3' })]),
      ...marks,
    ],
  });
}

const titleOf =
  (name: string, { x, y }: LineChartSection) =>
  (point: readonly [number, number]): string =>
    `${name}\n${x.label} ${readable(point[0])}\n${y.label} ${readable(point[1])}`;

function barPlot(section: BarChartSection, bars: readonly Bar[], names: readonly string[], width: number): PlotElement {
  const groups = distinct(bars.map(bar => bar.group));
  const letters = width > 400 ? 28 : 14;
  const longest = Math.max(...groups.map(group => Math.min(group.length, letters)));
  const withInterval = bars.filter(bar => bar.low !== undefined && bar.high !== undefined);
  return plot(width, groups.length * (names.length * 14 + 12) + 60, {
    marginLeft: 20 + longest * 7,
    marginTop: 8,
    marginBottom: 40,
    x: { label: section.x.label, nice: true, zero: true },
    y: { axis: null, domain: names, padding: 0.1 },
    fy: { domain: groups, label: null, padding: 0.18, tickFormat: (group: string) => shortened(group, letters) },
    marks: [
      Plot.gridX(grid),
      Plot.axisFy({
        anchor: 'left',
        label: null,
        tickSize: 0,
        tickFormat: (group: string) => shortened(group, letters),
      }),
      Plot.barX(bars, {
        x: 'value',
        y: 'series',
        fy: 'group',
        fill: (bar: Bar) => colourOf(names.indexOf(bar.series)),
        title: (bar: Bar) => `${bar.group}\n${bar.series} ${readable(bar.value)}`,
      }),
      Plot.ruleY(withInterval, {
        x1: 'low',
        x2: 'high',
        y: 'series',
        fy: 'group',
        stroke: 'currentColor',
        strokeOpacity: 0.7,
      }),
      Plot.ruleX([0]),
    ],
  });
}

export interface PlotElement {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

export function plot(width: number, height: number, options: Plot.PlotOptions): PlotElement {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const style = { fontSize: `${fontSize}px`, background: 'none' };
  return Plot.plot({ document, width, height, style, marginTop: 28, marginRight: 16, marginBottom: 42, ...options });
}

export function atBothWidths(title: string, draw: (width: number) => PlotElement): Markup {
  const drawings = Object.entries(widths).map(([name, width]) => {
    const element = draw(width);
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', title);
    return html`<div class="${name}">${trusted(element.outerHTML)}</div>`;
  });
  return html`${drawings}`;
}

/** One series needs no legend: the title names it. */
export function legend(names: readonly string[], shape: 'line' | 'bar'): Markup {
  if (names.length < 2) return html``;
  const entries = names.map((name, i) => {
    const dash = shape === 'line' ? dashOf(i) : 'none';
    const stroke = shape === 'line' ? 3 : 10;
    return html`<li><svg width="26" height="10" aria-hidden="true"><line x1="0" x2="26" y1="5" y2="5" stroke="${colourOf(i)}" stroke-width="${stroke}" stroke-dasharray="${dash}"/></svg>${name}</li>`;
  });
  return html`<ul class="legend">${entries}</ul>`;
}

const isDrawable = ([x, y]: readonly [number, number], scale: 'linear' | 'log' | undefined): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && (scale !== 'log' || x > 0);

export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

export const readable = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));

export const shortened = (text: string, letters: number): string =>
  text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
