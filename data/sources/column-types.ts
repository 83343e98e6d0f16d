import type { ColumnType, ColumnTypes } from '../../src/config/mapping.js';
import { exactNumber } from '../../src/text/exact-number.js';

/** What the values of a column have shown. */
interface Seen {
  values: number;
  numbers: number;
  booleans: number;
  /** the first that is no number, and its row */
  other?: { readonly value: string; readonly line: number };
}

/** Learns the types of text columns from all of their values. */
export interface ColumnTyper {
  see(line: number, column: string, cell: string): void;
  /** types of the columns that are not text */
  types(): ColumnTypes;
  /** what was told by the values, in sentences for people */
  notes(): string[];
}

/** A number as programs write it: no leading zero, no sign but minus, an exponent with its sign; `007`, `+49`, `1E5` are codes. */
const numberText = /^-?(?:0|[1-9]\d*|(?=\.\d))(?:\.\d+)?(?:e[+-]\d+)?$/i;
const booleanText = /^(?:true|false)$/i;

/** Whether it can be a number and back without loss that matters: whole numbers beyond 2^53 are not exact. */
export const isPlainNumber = (text: string): boolean => numberText.test(text) && Number.isFinite(exactNumber(text));

/** Columns of which at least this share are numbers are worth a word when they stay text. */
const nearlyAll = 0.9;
const longestValue = 40;

/**
 * A column is numbers, or true and false, where every value is; white space around one does not count, and an empty cell is no value.
 * @param given  types of columns that are not looked at
 */
export function createColumnTyper(given: ColumnTypes): ColumnTyper {
  const columns = new Map<string, Seen>();
  const seenOf = (column: string): Seen => {
    const found = columns.get(column);
    if (found !== undefined) return found;
    const seen: Seen = { values: 0, numbers: 0, booleans: 0 };
    columns.set(column, seen);
    return seen;
  };
  const named = (holds: (seen: Seen) => boolean): string[] =>
    [...columns].filter(([, seen]) => holds(seen)).map(([column]) => column);
  const numbers = (): string[] => named(({ values, numbers }) => numbers === values);
  const booleans = (): string[] => named(({ values, booleans }) => booleans === values);
  return {
    see: (line, column, cell) => {
      if (Object.hasOwn(given, column)) return;
      const value = cell.trim();
      if (value === '') return;
      const seen = seenOf(column);
      seen.values++;
      if (isPlainNumber(value)) seen.numbers++;
      else {
        if (booleanText.test(value)) seen.booleans++;
        seen.other ??= { value, line };
      }
    },
    types: () => ({ ...typed(numbers(), 'number'), ...typed(booleans(), 'boolean') }),
    notes: () => {
      const told = [
        ...(numbers().length === 0 ? [] : [`as numbers: ${numbers().join(', ')}`]),
        ...(booleans().length === 0 ? [] : [`as true/false: ${booleans().join(', ')}`]),
      ];
      const mixed = [...columns].flatMap(([column, { values, numbers, other }]) =>
        numbers < values && numbers >= nearlyAll * values && other !== undefined
          ? [`${column} (row ${other.line}: "${other.value.slice(0, longestValue)}")`]
          : [],
      );
      return [
        ...(told.length === 0 ? [] : [`columns read ${told.join('; ')}`]),
        ...(mixed.length === 0 ? [] : [`read as text, for not every value is a number: ${mixed.join(', ')}`]),
      ];
    },
  };
}

const typed = (columns: readonly string[], type: ColumnType): ColumnTypes =>
  Object.fromEntries(columns.map(column => [column, type]));

/** A value, or why it is not of the type of its column. */
export type TypedValue = { readonly value: unknown } | { readonly unfit: string };

/** A value as a column of the type holds it; a blank cell of a column that is not text is undefined. */
export function valueOfType(value: unknown, type: ColumnType): TypedValue {
  if (type === 'text')
    return { value: typeof value === 'number' || typeof value === 'boolean' ? String(value) : value };
  if (typeof value !== 'string') return { value };
  const text = value.trim();
  if (text === '') return { value: undefined };
  return type === 'boolean' ? booleanOf(text) : numberOf(text);
}

const quoted = (text: string): string => `"${text.slice(0, longestValue)}"`;

function booleanOf(text: string): TypedValue {
  if (/^(?:true|yes|1)$/i.test(text)) return { value: true };
  if (/^(?:false|no|0)$/i.test(text)) return { value: false };
  return { unfit: `${quoted(text)} is neither true nor false` };
}

function numberOf(text: string): TypedValue {
  const value = Number(text);
  if (!Number.isFinite(value)) return { unfit: `${quoted(text)} is no number` };
  if (typeof exactNumber(text) === 'string')
    return { unfit: `${quoted(text)} is beyond 2^53, where numbers are not exact: read the column as text` };
  return { value };
}
