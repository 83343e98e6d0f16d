/** Fewer digits are always exact: 2^53 has 16. */
const manyDigits = /\d{16}/;
const stringOrNumber = /"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;
const colon = /\s*:/y;
const quoteOrEscape = /["\\]/g;

/**
 * JSON.parse that alters no whole number: one beyond 2^53, where a double would become its neighbour, becomes the text of its digits.
 * @throws SyntaxError as JSON.parse
 */
export const parseExactJson = (text: string): unknown => JSON.parse(quoteLargeIntegers(text));

/** The JSON text with whole numbers beyond 2^53 in quotes; what is no JSON stays none. */
export function quoteLargeIntegers(text: string): string {
  if (!manyDigits.test(text)) return text;
  let exact = '';
  let copied = 0;
  stringOrNumber.lastIndex = 0;
  for (let found = stringOrNumber.exec(text); found !== null; found = stringOrNumber.exec(text)) {
    if (found[0] === '"') stringOrNumber.lastIndex = endOfString(text, found.index + 1);
    else if (isLargeInteger(found[0]) && !isKey(text, stringOrNumber.lastIndex)) {
      exact += `${text.slice(copied, found.index)}"${found[0]}"`;
      copied = stringOrNumber.lastIndex;
    }
  }
  return exact + text.slice(copied);
}

const isLargeInteger = (number: string): boolean =>
  /^-?[1-9]\d*$/.test(number) && !Number.isSafeInteger(Number(number));

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
