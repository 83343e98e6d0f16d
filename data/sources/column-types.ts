import type { ColumnType, ColumnTypes } from '../../src/config/mapping.js';
import { exactNumber } from '../../src/text/exact-number.js';
import { asPlain, isInStyle, type NumberStyle, saysNoNumber, tellsStyle } from './written-number.js';

/** What the values of a column have shown. */
interface Seen {
  values: number;
  booleans: number;
  /** values that may be numbers of articles */
  articles: number;
  /** values that stand for none in a column of numbers, and the first of them */
  absent: number;
  firstAbsent?: string;
  /** values that are written in a style, and those that tell it */
  readonly inStyle: Record<NumberStyle, number>;
  readonly telling: Record<NumberStyle, number>;
  /** the first that is not in a style, and its row */
  readonly others: Partial<Record<NumberStyle, { readonly value: string; readonly line: number }>>;
}

/** Learns the types of text columns from all of their values. */
export interface ColumnTyper {
  see(line: number, column: string, cell: string): void;
  /** types of the columns that are not text */
  types(): ColumnTypes;
  /** how the numbers of a column are written, where not as programs do */
  styles(): ReadonlyMap<string, NumberStyle>;
  /** what was told by the values, in sentences for people */
  notes(): string[];
}

const booleanText = /^(?:true|false)$/i;

/** Columns of which at least this share are numbers are worth a word when they stay text. */
const nearlyAll = 0.9;
const longestValue = 40;

/** Names of columns whose numbers are codes, which people look for by their digits. */
const namesCode =
  /(?:^|[\s_.:-])(?:gtin|ean|upc|isbn|issn|asin|sku|mpn|barcode|zip|plz|postcode|postal_?code|phone|telephone|telefon|tel|fax)(?:[\s_.:-]?(?:\d{1,2}|code|nr|no|number))?$/i;
/** Articles all over the world have numbers of so many digits; a column of nothing else is no measure. */
const isArticleNumber = (value: string): boolean => /^(?:\d{8}|\d{12,14})$/.test(value) && !isDay.test(value);
/** 20240531 */
const isDay = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

/** Those that have to be told stand behind the one that needs no telling. */
const styles: readonly NumberStyle[] = ['plain', 'decimalComma', 'groupedByComma'];

/** @returns undefined for a column that is not numbers alone */
const styleOf = ({ values, absent, articles, inStyle, telling }: Seen): NumberStyle | undefined =>
  values === absent || articles + absent === values
    ? undefined
    : styles.find(style => inStyle[style] + absent === values && (style === 'plain' || telling[style] > 0));

/** The style that most values are in, of those that they tell. */
const mostOf = ({ inStyle, telling }: Seen): NumberStyle =>
  styles
    .filter(style => style === 'plain' || telling[style] > 0)
    .reduce((most, style) => (inStyle[style] > inStyle[most] ? style : most));

/**
 * A column is numbers, or true and false, where every value is; white space around one does not count, an empty cell is no value, and among numbers
 * `n/a` and the like are none either. Numbers with a comma are those of a column that shows what its commas mean.
 * @param given  types of columns that are known
 */
export function createColumnTyper(given: ColumnTypes): ColumnTyper {
  const columns = new Map<string, Seen>();
  const seenOf = (column: string): Seen => {
    const found = columns.get(column);
    if (found !== undefined) return found;
    const none = { plain: 0, decimalComma: 0, groupedByComma: 0 };
    const counts = { values: 0, booleans: 0, articles: 0, absent: 0 };
    const seen: Seen = { ...counts, inStyle: { ...none }, telling: { ...none }, others: {} };
    columns.set(column, seen);
    return seen;
  };
  const named = (holds: (seen: Seen) => boolean): string[] =>
    [...columns].filter(([column, seen]) => !Object.hasOwn(given, column) && holds(seen)).map(([column]) => column);
  const numbers = (): string[] => named(seen => styleOf(seen) !== undefined);
  const booleans = (): string[] => named(({ values, booleans }) => booleans === values);
  return {
    see: (line, column, cell) => {
      if (Object.hasOwn(given, column) ? given[column] !== 'number' : namesCode.test(column)) return;
      const value = cell.trim();
      if (value === '') return;
      const seen = seenOf(column);
      seen.values++;
      lookAt(line, value, seen);
    },
    types: () => ({ ...typed(numbers(), 'number'), ...typed(booleans(), 'boolean') }),
    styles: () =>
      new Map(
        [...columns].flatMap(([column, seen]) => {
          // where a column is given as numbers, those that cannot be read are no matter of the others
          const style = Object.hasOwn(given, column) ? mostOf(seen) : styleOf(seen);
          return style === undefined || style === 'plain' ? [] : [[column, style] as const];
        }),
      ),
    notes: () => {
      const told = [
        ...(numbers().length === 0 ? [] : [`as numbers: ${numbers().map(describe).join(', ')}`]),
        ...(booleans().length === 0 ? [] : [`as true/false: ${booleans().join(', ')}`]),
      ];
      const mixed = named(seen => styleOf(seen) === undefined).flatMap(column => {
        const { values, absent, inStyle, others } = seenOf(column);
        const most = styles.reduce((a, b) => (inStyle[b] > inStyle[a] ? b : a));
        const other = others[most] ?? others.plain;
        return inStyle[most] > 0 && inStyle[most] + absent >= nearlyAll * values && other !== undefined
          ? [`${column} (row ${other.line}: "${other.value.slice(0, longestValue)}")`]
          : [];
      });
      return [
        ...(told.length === 0 ? [] : [`columns read ${told.join('; ')}`]),
        ...(mixed.length === 0 ? [] : [`read as text, for not every value is a number: ${mixed.join(', ')}`]),
      ];
    },
  };

  function describe(column: string): string {
    const seen = seenOf(column);
    const comma = { plain: '', decimalComma: 'comma before the fraction', groupedByComma: 'commas between thousands' };
    const none = seen.absent === 0 ? '' : `"${seen.firstAbsent}" is none`;
    const how = [comma[styleOf(seen) ?? 'plain'], none].filter(part => part !== '').join(', ');
    return how === '' ? column : `${column} (${how})`;
  }
}

function lookAt(line: number, value: string, seen: Seen): void {
  if (saysNoNumber(value)) {
    seen.absent++;
    seen.firstAbsent ??= value;
    return;
  }
  if (isArticleNumber(value)) seen.articles++;
  if (booleanText.test(value)) seen.booleans++;
  for (const style of styles) {
    if (isInStyle(value, style)) {
      seen.inStyle[style]++;
      if (style !== 'plain' && tellsStyle(value, style)) seen.telling[style]++;
    } else seen.others[style] ??= { value, line };
  }
}

const typed = (columns: readonly string[], type: ColumnType): ColumnTypes =>
  Object.fromEntries(columns.map(column => [column, type]));

/** A value, or why it is not of the type of its column. */
export type TypedValue = { readonly value: unknown } | { readonly unfit: string };

/**
 * A value as a column of the type holds it; a blank cell of a column that is not text is undefined, and so is one of numbers that says that there is none.
 * @param style  how numbers are written
 */
export function valueOfType(value: unknown, type: ColumnType, style: NumberStyle = 'plain'): TypedValue {
  if (type === 'text')
    return { value: typeof value === 'number' || typeof value === 'boolean' ? String(value) : value };
  if (typeof value !== 'string') return { value };
  const text = value.trim();
  if (text === '') return { value: undefined };
  if (type === 'boolean') return booleanOf(text);
  return saysNoNumber(text) ? { value: undefined } : numberOf(text, style);
}

const quoted = (text: string): string => `"${text.slice(0, longestValue)}"`;

function booleanOf(text: string): TypedValue {
  if (/^(?:true|yes|1)$/i.test(text)) return { value: true };
  if (/^(?:false|no|0)$/i.test(text)) return { value: false };
  return { unfit: `${quoted(text)} is neither true nor false` };
}

function numberOf(text: string, style: NumberStyle): TypedValue {
  const plain = asPlain(text, style);
  const value = Number(plain);
  if (!Number.isFinite(value)) return { unfit: `${quoted(text)} is no number` };
  if (typeof exactNumber(plain) === 'string')
    return { unfit: `${quoted(text)} is beyond 2^53, where numbers are not exact: read the column as text` };
  return { value };
}
