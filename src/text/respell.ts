import { remember } from './bounded-memory.js';

/**
 * Signs that people type for an apostrophe: grave and acute accents, modifier letters, prime, reversed quote, those of Armenian and Hebrew (geresh).
 * The curly ones are no concern here: UAX #29 and the chain know them.
 */
const apostropheLike = '`\\u00b4\\u02b9\\u02bb-\\u02bd\\u02c8\\u02ca\\u02cb\\u201b\\u2032\\u2035\\u055a\\ua78b\\ua78c';
/** What parts the last letters of a Hebrew abbreviation: gershayim, and the quotation marks that are typed for it. */
const gershayimLike = '\\u201c-\\u201f\\u2033\\u05f4';
const hebrew = '[\\u05d0-\\u05f2]';

/** What the rules below may have something to do for; one pass tells most texts. */
const concerned = new RegExp(
  `[${apostropheLike}\\u05f3\\u066b\\u066c]|[${gershayimLike}]|''|(?![0-9])(?=[\\0-\\uffff])\\p{Nd}`,
  'u',
);
const betweenLetters = new RegExp(`(?<=[\\p{L}\\p{M}\\p{Nd}])[${apostropheLike}](?=\\p{L})`, 'gu');
const betweenHebrew = new RegExp(`(?<=${hebrew}\\p{M}*)[${gershayimLike}](?=${hebrew})`, 'gu');
/** The second one becomes a sign that the normal form drops. */
const twoApostrophes = new RegExp(`(?<=${hebrew}\\p{M}*)''(?=${hebrew})`, 'gu');
const otherDigits = /(?![0-9])(?=[\0-\uffff])\p{Nd}/gu;

/**
 * Writes signs that mean the same as one, each in one unit as before, so that every place stays: apostrophes between letters, the quotes of
 * Hebrew, digits of all scripts and the Arabic signs between them. Primes behind numbers are measures and stay.
 */
export function respell(text: string): string {
  if (!concerned.test(text)) return text;
  return text
    .replace(betweenLetters, "'")
    .replaceAll('\u05f3', "'")
    .replace(betweenHebrew, '"')
    .replaceAll('\u05f4', '"')
    .replace(twoApostrophes, '"\u2060')
    .replace(otherDigits, decimal)
    .replace(/(?<=[0-9])\u066b(?=[0-9])/g, '.')
    .replace(/(?<=[0-9])\u066c(?=[0-9])/g, ',');
}

/** Digits beyond the Basic Multilingual Plane, two units each, too. */
export const asDecimal = (text: string): string => (anyDigit.test(text) ? text.replace(everyDigit, decimal) : text);
const anyDigit = /(?![0-9])\p{Nd}/u;
const everyDigit = /(?![0-9])\p{Nd}/gu;

/** Digits of a script stand in a row from its zero on: the value is how many stand before it, of tens. */
const decimal = remember(digit => {
  const code = digit.codePointAt(0) as number;
  let value = 0;
  while (anyDigit.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value % 10);
});
