import * as Plot from '@observablehq/plot';
import { html, type Markup, trusted } from './html.js';
import { intervalDrawing } from './interval-chart.js';
import {
  colourOf,
  type Drawing,
  dashOf,
  distinct,
  fontSize,
  grid,
  type PlotElement,
  plot,
  readable,
  shortened,
  widths,
} from './plot.js';
import type { Bar, BarChartSection, IntervalChartSection, LineChartSection } from './sections.js';
import { fileColours } from './style.js';

export type ChartSection = LineChartSection | BarChartSection | IntervalChartSection;

/**
 * A chart as a part of a page. Lines: curves over a number; a title on every dot shows its values. Bars: grouped, lying, so that long
 * names can be read; intervals as thin lines. Intervals: dots with theirs, beside a line at 0.
 */
export function chart(section: ChartSection): Markup {
  const drawing = drawingOf(section);
  if (drawing === undefined) return noData;
  const { names, shape, draw } = drawing;
  return html`${legend(names, shape)}${atBothWidths(section.title, draw)}`;
}

/** undefined where there is nothing to draw */
function drawingOf(section: ChartSection): Drawing | undefined {
  if (section.kind === 'lineChart') {
    const { x, series } = section;
    const drawn = series.map(({ name, points }) => ({
      name,
      points: points.filter(point => isDrawable(point, x.scale)),
    }));
    if (drawn.every(({ points }) => points.length === 0)) return undefined;
    return { names: series.map(({ name }) => name), shape: 'line', draw: width => linePlot(section, drawn, width) };
  }
  if (section.kind === 'intervalChart') return intervalDrawing(section);
  const bars = section.bars.filter(bar => Number.isFinite(bar.value));
  if (bars.length === 0) return undefined;
  const names = distinct(bars.map(bar => bar.series));
  return { names, shape: 'bar', draw: width => barPlot(section, bars, names, width) };
}

/** Heights of a chart's title, and of one line of its legend, in an SVG file. */
const titleHeight = 30;
const legendHeight = 18;
const margin = 16;

/**
 * Charts, one below another, as one SVG file that needs nothing else: titles, legends and colours are inside.
 * Charts without a figure are left out; undefined where none is left.
 */
export function chartFile(sections: readonly ChartSection[]): string | undefined {
  let height = margin;
  const parts: Markup[] = [];
  for (const section of sections) {
    const drawing = drawingOf(section);
    if (drawing === undefined) continue;
    const names = drawing.names.length < 2 ? [] : drawing.names;
    const element = drawing.draw(widths.wide);
    element.setAttribute('y', String(titleHeight + names.length * legendHeight));
    const body = html`<text x="0" y="16" font-size="15" font-weight="600">${section.title}</text>${names.map((name, i) => legendLine(name, i, drawing.shape))}${trusted(element.outerHTML)}`;
    parts.push(html`<g transform="translate(${margin} ${height})">${body}</g>`);
    height += titleHeight + names.length * legendHeight + Number(element.getAttribute('height')) + margin;
  }
  if (parts.length === 0) return undefined;
  const width = widths.wide + 2 * margin;
  const file = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="${fontSize}" fill="var(--text)" color="var(--text)">
<rect width="100%" height="100%" fill="var(--ground)"/>
${parts}
</svg>
`;
  return file.markup.replace(/var\(--([a-z0-9-]+)\)/g, (variable, name) => fileColours[name] ?? variable);
}

function legendLine(name: string, i: number, shape: Drawing['shape']): Markup {
  const y = titleHeight + i * legendHeight;
  return html`${key(i, shape, y)}<text x="34" y="${y + 4}">${name}</text>`;
}

/** The mark of a series in a legend. */
function key(i: number, shape: Drawing['shape'], y: number): Markup {
  const [dash, width] = shape === 'line' ? [dashOf(i), 3] : ['none', 10];
  return html`<line x1="0" x2="26" y1="${y}" y2="${y}" stroke="${colourOf(i)}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
}

const noData = html`<p class="note">No figures to draw.</p>`;

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

function atBothWidths(title: string, draw: (width: number) => PlotElement): Markup {
  const drawings = Object.entries(widths).map(([name, width]) => {
    const element = draw(width);
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', title);
    return html`<div class="${name}">${trusted(element.outerHTML)}</div>`;
  });
  return html`${drawings}`;
}

/** One series needs no legend: the title names it. */
function legend(names: readonly string[], shape: Drawing['shape']): Markup {
  if (names.length < 2) return html``;
  const entries = names.map(
    (name, i) => html`<li><svg width="26" height="10" aria-hidden="true">${key(i, shape, 5)}</svg>${name}</li>`,
  );
  return html`<ul class="legend">${entries}</ul>`;
}

const isDrawable = ([x, y]: readonly [number, number], scale: 'linear' | 'log' | undefined): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && (scale !== 'log' || x > 0);
