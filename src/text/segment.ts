import { cutScripts, type SpanSink } from './script.js';
import { tableSize, wordClass, wordClassTable } from './word-class.js';

/** Longest word kept whole, in UTF-16 units; a longer one is cut (Lucene's default, StandardTokenizer). */
export const longestWord = 255;

const { letter, digit, connector, midLetter, midNumber, midBoth, extend, unknown } = wordClass;
/** Letters, digits, and pictures; of the signs that Unicode counts among these not the rights reserved, which stand in many titles, nor arrows. */
const wordCharacter =
  /[\p{L}\p{Nd}\p{Nl}\p{Regional_Indicator}]|(?![\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2b00-\u2b0f\u3030\u303d])\p{Extended_Pictographic}/u;

/**
 * Makes a segmenter: the words of a text are the segments of UAX #29 that hold a letter, a digit or an emoji. (Intl's `isWordLike` is not asked:
 * ICU says yes to underscores alone and no to a word that ends in an underscore and a mark.) A change of script ends a word, see script.ts.
 * Text in Latin, Greek and Cyrillic letters takes a fast path; all other text goes to Intl.Segmenter, whose dictionaries
 * find the words of Chinese, Japanese, Thai, Lao, Khmer and Burmese. Words come out the same whatever the language of the text.
 */
export function createSegmenter(): (text: string, sink: SpanSink) => void {
  const table = wordClassTable();
  // A fixed locale: the words must not depend on the machine's own. ICU's dictionaries are the same for all.
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  return (text, sink) => {
    const cut: SpanSink = (start, end) =>
      end - start > longestWord ? cutWord(text, start, end, sink) : sink(start, end);
    const cutOneScript: SpanSink = (start, end) => cutScripts(text, start, end, cut);
    const alphabets = alphabetsOf(text, table);
    if (alphabets > 0) return scanWords(text, table, alphabets === 1 ? cut : cutOneScript);
    for (let from = 0; from < text.length; ) {
      const to = chunkEnd(text, from);
      for (const { segment, index } of segmenter.segment(text.slice(from, to))) {
        if (wordCharacter.test(segment)) cutOneScript(from + index, from + index + segment.length);
      }
      from = to;
    }
  };
}

/**
 * Where to end a piece for Intl.Segmenter, whose time grows with the square of the length: after a space or the end of a sentence
 * with a word behind it, which is always a boundary of words; in text without any, after 4096 units.
 */
function chunkEnd(text: string, from: number): number {
  if (text.length - from <= 1024) return text.length;
  const found = text.slice(from + 512, from + 4096).search(/[\s!?。、](?=[\p{L}\p{N}])/u);
  if (found >= 0) return from + 512 + found + 1;
  const to = Math.min(text.length, from + 4096);
  return splitsPair(text, to) ? to - 1 : to;
}

/** Whether a cut here would part the two halves of a character. */
export const splitsPair = (text: string, at: number): boolean =>
  at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

const firstGreek = 0x370;
const behindCyrillic = 0x530;

/** Whether the fast path knows all characters of a text: 0 = no, 1 = and its letters are Latin, 2 = and it may hold letters of several alphabets. */
function alphabetsOf(text: string, table: Uint8Array): 0 | 1 | 2 {
  let alphabets: 1 | 2 = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= firstGreek) {
      if (code >= tableSize || table[code] === unknown) return 0;
      if (code < behindCyrillic) alphabets = 2;
    } else if (table[code] === unknown) return 0;
  }
  return alphabets;
}

/** UAX #29, rules WB4 to WB13b, for the classes of the table. */
function scanWords(text: string, table: Uint8Array, sink: SpanSink): void {
  const classAt = (i: number): number => table[text.charCodeAt(i)];
  const skipExtend = (from: number): number => {
    let i = from;
    while (i < text.length && classAt(i) === extend) i++;
    return i;
  };
  let i = 0;
  while (i < text.length) {
    let last = classAt(i);
    if (last !== letter && last !== digit && last !== connector) {
      i++;
      continue;
    }
    const start = i;
    let hasWord = last !== connector;
    i = skipExtend(i + 1);
    while (i < text.length) {
      const next = classAt(i);
      if (next === letter || next === digit || next === connector) {
        last = next;
        hasWord ||= next !== connector;
        i = skipExtend(i + 1);
      } else if (joins(last, next)) {
        const after = skipExtend(i + 1);
        if (after >= text.length || classAt(after) !== last) break;
        i = skipExtend(after + 1);
      } else break;
    }
    if (hasWord) sink(start, i);
  }
}

const joins = (last: number, middle: number): boolean =>
  last === letter
    ? middle === midLetter || middle === midBoth
    : last === digit && (middle === midNumber || middle === midBoth);

/** Cuts a word into pieces of at most `longestWord` units, never inside a surrogate pair. */
function cutWord(text: string, start: number, end: number, sink: SpanSink): void {
  for (let from = start; from < end; ) {
    let to = Math.min(end, from + longestWord);
    if (to < end && splitsPair(text, to)) to--;
    sink(from, to);
    from = to;
  }
}
