import type { Interval } from '../bootstrap.js';
import type { Comparison } from '../compare.js';
import type { Cell } from './sections.js';

/** p below which a difference is coloured. */
const significant = 0.05;

/** A figure in [-1, 1] to four digits, as the literature prints it. */
export const figureText = (value: number): string => signed(value.toFixed(4));

/** A difference with its sign. */
export const differenceText = (value: number): string => `${value > 0 ? '+' : ''}${figureText(value)}`;

/** Ends of an interval, for the second line of a cell. */
export const intervalText = ({ low, high }: Interval): string =>
  `${signed(low.toFixed(3))} to ${signed(high.toFixed(3))}`;

/** A minus as wide as a plus; a hyphen is lost beside a number. */
const signed = (digits: string): string => digits.replace('-', '−');

/** A mean over its interval; `best` = none in the column is higher. */
export const meanCell = (interval: Interval, best: boolean): Cell => ({
  text: figureText(interval.mean),
  note: intervalText(interval),
  ...(best && { tone: 'best' }),
});

/** p as it is printed: never 0, since a randomisation test cannot show that. */
export const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** A difference over its interval, in the colour of gain or loss where chance does not explain it. */
export function differenceCell(found: Comparison): Cell {
  const cell = { text: differenceText(found.mean), note: intervalText(found) };
  return found.pValue < significant ? { ...cell, tone: found.mean > 0 ? 'up' : 'down' } : cell;
}
