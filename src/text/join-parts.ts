import { mixedNumber } from './fractions.js';
import type { Word } from './measures.js';
import { alphabetic, isLongNumber, longestCut, mixed } from './vocabulary.js';

/** Words of a text that a sign joins, as one; or one with letters that belong to it. */
export interface JoinedWords {
  /** numbers of the first and the last of them */
  readonly first: number;
  readonly last: number;
  /** written without the signs */
  readonly written: string;
  /** whether that is how others write it, so that it has no mark: 10.25 for 10 1/4 */
  readonly plain?: true;
}

/** Hyphens and dashes, slash, dot: one of them right between two words joins these. */
const isJoiner = (code: number): boolean =>
  code === 0x2d || code === 0x2e || code === 0x2f || (code >= 0x2010 && code <= 0x2015);

/** Words of which every stretch is joined; of longer chains only the neighbours and the whole, and of the longest the neighbours. */
const mostOfAll = 4;
const mostOfWhole = 8;

/**
 * The stretches of words that hyphens, slashes or dots join, written as one: `Wi-Fi` as `wifi`, `AB-1234/X` as `ab1234`, `1234x` and `ab1234x`. Measures
 * are one with their unit: `3.5 mm` as `3.5mm`, and a number with its fraction: `10 1/4` as `10.25`. Short numbers are not joined. At most four for each word.
 * @param text  in normal form
 */
export function joinedWords(words: readonly Word[], text: string): JoinedWords[] {
  const found: JoinedWords[] = [];
  for (let first = 0; first + 1 < words.length; first++) {
    let last = first;
    if (words[first].unit) continue;
    while (last + 1 < words.length && words[last + 1].unit) last++;
    if (last === first && words[first].term.length !== nameUnits) continue;
    const written = measureOf(words.slice(first, last + 1));
    if (isName.test(written)) found.push({ first, last, written });
  }
  for (let first = 0; first < words.length; first++) {
    for (const written of words[first].also ?? []) found.push({ first, last: first, written, plain: true });
    if (first + 1 === words.length) break;
    if (!words[first + 1].term.startsWith('0.')) continue;
    const written = mixedNumber(words[first], words[first + 1], text);
    if (written !== undefined) found.push({ first, last: first + 1, written, plain: true });
  }
  for (let first = 0; first + 1 < words.length; ) {
    let last = first;
    while (last + 1 < words.length && isJoined(words[last], words[last + 1], text)) last++;
    if (last > first) addChain(words, first, last, found);
    first = last + 1;
  }
  return found.sort((a, b) => a.first - b.first);
}

/** One figure with its unit may be a name: 3M, 5G. Of other measures number and unit are enough (on Home Depot one term for both added nothing). */
const isName = /^\d[mg]$/;
const nameUnits = 2;

/** A number with its unit, as one term. */
export const measureOf = (words: readonly { readonly term: string }[]): string =>
  words.map(({ term }) => term).join('');

const isJoined = (left: Word, right: Word, text: string): boolean => {
  if (right.start !== left.end + 1 || left.kept || right.kept) return false;
  const sign = text.charCodeAt(left.end);
  return (
    isJoiner(sign) || (sign === 0x26 && left.term.length <= longestOfInitials && right.term.length <= longestOfInitials)
  );
};

/** Letters of a side that an ampersand joins: H&M, AT&T. */
const longestOfInitials = 2;

function addChain(words: readonly Word[], from: number, to: number, found: JoinedWords[]): void {
  const count = to - from + 1;
  for (let first = from; first < to; first++) {
    for (let last = first + 1; last <= to; last++) {
      const whole = first === from && last === to && count <= mostOfWhole;
      if (count > mostOfAll && last > first + 1 && !whole) continue;
      const joined = words.slice(first, last + 1);
      const written = joined.map(({ term }) => term).join('');
      if (written.length <= longestCut && isHardToCut(written, joined)) found.push({ first, last, written });
    }
  }
}

/**
 * Whether a query that writes these words as one would not be cut into them: one or two letters are parts of too many words, and what has
 * three parts can be cut in many ways. All others need no term (src/text/cut-word.ts).
 */
function isHardToCut(written: string, words: readonly Word[]): boolean {
  if (words.some(({ unit }) => unit)) return false;
  if (alphabetic.test(written)) return words.length > 2 || words.some(({ term }) => term.length <= 2);
  if (mixed.test(written)) return words.every(({ term }) => term.length <= 3 || !alphabetic.test(term));
  return isLongNumber(written);
}
