import type { Word } from './word.js';

/** A sign that belongs to the word before it: C++, C#, Disney+, B+; and one before a name: .NET. */
const behind = /^(?:\+{1,2}|#)(?![\p{L}\p{N}+#*=])/u;
const before = /(?:^|[\s(/"'])\.$/u;
const longest = 24;

/** What people say for the sign behind a word. */
const said: Readonly<Record<string, string>> = { '+': 'plus', '#': 'sharp' };

/** Whether a text may hold such a word. */
export const holdsSigns = (text: string): boolean =>
  text.includes('+') || text.includes('#') || /(?:^|[\s(/"'])\.[^\s\d.]/.test(text);

/** A word with its sign counts so much beside the word. */
export const signedShare = 0.8;

/** A word with its sign. */
export interface SignedWord {
  /** as it is written: c++ */
  readonly written: string;
  /** what is said for it, by which documents are found too: disneyplus, and plus */
  readonly spoken: readonly string[];
  readonly start: number;
  readonly end: number;
}

/**
 * A word with the sign that stands right behind it, or the full stop right before it. The sign is no word, but tells C++ from C, and B+ from B.
 * @param text  in normal form
 * @returns undefined where it has none
 */
export function signedWord({ term, start, end, kept }: Word, text: string): SignedWord | undefined {
  if (kept || end - start > longest) return undefined;
  const sign = behind.exec(text.slice(end, end + 3))?.[0];
  if (sign !== undefined) {
    // a hash behind a word of several letters is a mark of something else
    if (sign === '#' && !/^[a-z]$/.test(term)) return undefined;
    const word = said[sign];
    const spoken = word === undefined ? [] : [term + word, word];
    return { written: text.slice(start, end) + sign, spoken, start, end: end + sign.length };
  }
  if (start === 0 || text[start - 1] !== '.' || !/^\p{L}{2,}$/u.test(term)) return undefined;
  if (!before.test(text.slice(Math.max(0, start - 2), start))) return undefined;
  return { written: `.${term}`, spoken: [`dot${term}`], start: start - 1, end };
}
