import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { seriesColours } from './style.js';

/** Pixels; each chart is drawn twice and the style sheet shows the one that fits, so that its letters stay readable on a phone. */
export const widths = { wide: 780, narrow: 330 } as const;
export const fontSize = 12;
/** A second mark beside colour, for readers who cannot tell the colours apart. */
const dashes = ['none', '7 3', '2 3', '9 3 2 3'];

export const colourOf = (index: number): string => `var(--series-${index % seriesColours})`;
export const dashOf = (index: number): string => dashes[index % dashes.length];
export const grid = { stroke: 'var(--grid)', strokeOpacity: 0.6 };

/** A chart before it is given a width. */
export interface Drawing {
  readonly names: readonly string[];
  readonly shape: 'line' | 'bar';
  readonly draw: (width: number) => PlotElement;
}

export interface PlotElement {
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
}

/** Draws with the margins and letters that all charts have. */
export function plot(width: number, height: number, options: Plot.PlotOptions): PlotElement {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const style = { fontSize: `${fontSize}px`, background: 'none' };
  return Plot.plot({ document, width, height, style, marginTop: 28, marginRight: 16, marginBottom: 42, ...options });
}

export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

export const readable = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));

export const shortened = (text: string, letters: number): string =>
  text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
