import { exactNumber } from '../../src/text/exact-number.js';
import type { DecimalMark } from '../prices/price-number.js';
import { amountOf } from '../prices/read-price.js';

/** How the numbers of a column are written: as programs do, with a comma before the fraction (1.234,5), or with commas between thousands (1,234.5). */
export type PlainStyle = 'plain' | 'decimalComma' | 'groupedByComma';
/** Or as amounts of a currency, with a point or a comma before the fraction: 12.99 USD, € 5,50. */
export type NumberStyle = PlainStyle | 'amountPoint' | 'amountComma';

export const markOf: Readonly<Record<'amountPoint' | 'amountComma', DecimalMark>> = {
  amountPoint: 'point',
  amountComma: 'comma',
};

/** A number as programs write it: no leading zero, no sign but minus, an exponent with its sign; `007`, `+49`, `1E5` are codes. */
const plain = /^-?(?:0|[1-9]\d*|(?=\.\d))(?:\.\d+)?(?:e[+-]\d+)?$/i;
const withComma = /^-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?$/;
const grouped = /^-?(?:[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?$/;
/** What can be read in no other way: `1,234` alone may be either. */
const telling: Readonly<Record<Exclude<PlainStyle, 'plain'>, RegExp>> = {
  decimalComma: /^-?(?:0|\d{4,}|[\d.]*\.\d{3}),\d+$|,(?:\d{1,2}|\d{4,})$/,
  groupedByComma: /,\d{3}(?:,\d{3}|\.\d+)/,
};

/** Whether it can be a number and back without loss that matters: whole numbers beyond 2^53 are not exact. */
export const isPlainNumber = (text: string): boolean => plain.test(text) && Number.isFinite(exactNumber(text));

/** Whether a number is written in a style, without loss that matters. */
export function isInStyle(text: string, style: PlainStyle): boolean {
  if (style === 'plain') return isPlainNumber(text);
  return (style === 'decimalComma' ? withComma : grouped).test(text) && isPlainNumber(asPlain(text, style));
}

/** Whether it shows that its column is written in a style. */
export const tellsStyle = (text: string, style: Exclude<PlainStyle, 'plain'>): boolean =>
  isInStyle(text, style) && telling[style].test(text);

/** The same number as programs write it; a text that is not in the style stays as it is. */
export function asPlain(text: string, style: NumberStyle): string {
  if (style === 'amountPoint' || style === 'amountComma') {
    const amount = amountOf(text)?.amounts[markOf[style]];
    return amount === undefined ? text : String(amount);
  }
  if (style === 'decimalComma') return withComma.test(text) ? text.replaceAll('.', '').replace(',', '.') : text;
  return style === 'groupedByComma' && grouped.test(text) ? text.replaceAll(',', '') : text;
}

/** What stands in a column of numbers where there is none. */
const noNumber =
  /^(?:#?n\.?[/.]?a\.?|nan|none|null|nil|-+|\u2013|\u2014|\?|tbd|tba|unknown|k\.? ?a\.?|s\.? ?o\.?|unbekannt|n\.?d\.?|n\/d|inconnu|desconocido|нет|н\/д|なし|無|无|暂无)$/i;

/** What is a value in no column. */
export const saysNothing = (text: string): boolean => /^#?n\/a$/i.test(text);

export const saysNoNumber = (text: string): boolean => noNumber.test(text);
