import { exactNumber } from './exact-number.js';

/** What may be beyond 2^53, which has 16 digits: anything else is exact. */
const large = /\d{16}|\de\+?\d/i;
const stringOrNumber = /"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const colon = /\s*:/y;
const quoteOrEscape = /["\\]/g;

/**
 * JSON.parse that alters no whole number: one beyond 2^53, where a double would become its neighbour, becomes the text of its digits (exactNumber).
 * @throws SyntaxError as JSON.parse
 */
export const parseExactJson = (text: string): unknown => JSON.parse(quoteLargeIntegers(text));

/** The JSON text with those of its numbers in quotes that a double would alter beyond 2^53; what is no JSON stays none. */
export function quoteLargeIntegers(text: string): string {
  if (!large.test(text)) return text;
  let exact = '';
  let copied = 0;
  stringOrNumber.lastIndex = 0;
  for (let found = stringOrNumber.exec(text); found !== null; found = stringOrNumber.exec(text)) {
    if (found[0] === '"') stringOrNumber.lastIndex = endOfString(text, found.index + 1);
    else if (jsonNumber.test(found[0]) && !isKey(text, stringOrNumber.lastIndex)) {
      const number = exactNumber(found[0]);
      if (typeof number === 'number') continue;
      exact += `${text.slice(copied, found.index)}"${number}"`;
      copied = stringOrNumber.lastIndex;
    }
  }
  return exact + text.slice(copied);
}

/** A number is no key of an object; in quotes it would become one. */
function isKey(text: string, end: number): boolean {
  colon.lastIndex = end;
  return colon.test(text);
}

/** @returns the place behind the closing quote; the end of a text that has none */
function endOfString(text: string, from: number): number {
  quoteOrEscape.lastIndex = from;
  for (let found = quoteOrEscape.exec(text); found !== null; found = quoteOrEscape.exec(text)) {
    if (found[0] === '"') return quoteOrEscape.lastIndex;
    quoteOrEscape.lastIndex++;
  }
  return text.length;
}
