import type { ColumnType } from '../../src/config/mapping.js';
import { exactNumber } from '../../src/text/exact-number.js';
import { asPlain, type NumberStyle, saysNoNumber } from './written-number.js';

/** UTF-16 units of a value that are shown. */
export const longestValue = 40;

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

/** A value in a sentence. */
export const quoted = (text: string): string => `"${text.slice(0, longestValue)}"`;

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
