import { tableSize, wordClass, wordClassTable } from './word-class.js';

/** Reports a word as a span of the text, in UTF-16 units. */
export type SpanSink = (start: number, end: number) => void;

/** Longest word kept whole, in UTF-16 units; a longer one is cut (Lucene's default, StandardTokenizer). */
export const longestWord = 255;

const { letter, digit, connector, midLetter, midNumber, midBoth, extend, unknown } = wordClass;
const wordCharacter = /[\p{L}\p{N}]/u;

/**
 * Makes a segmenter: the words of a text by UAX #29, that is what Intl.Segmenter calls word-like, less runs of underscores alone.
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
    if (isKnown(text, table)) return scanWords(text, table, cut);
    for (const { segment, index, isWordLike } of segmenter.segment(text)) {
      if (isWordLike && wordCharacter.test(segment)) cut(index, index + segment.length);
    }
  };
}

function isKnown(text: string, table: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= tableSize || table[code] === unknown) return false;
  }
  return true;
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
    const insidePair =
      to < end && (text.charCodeAt(to) & 0xfc00) === 0xdc00 && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800;
    if (insidePair) to--;
    sink(from, to);
    from = to;
  }
}
