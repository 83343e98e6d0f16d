import { splitsPair } from './segment.js';
import type { AnalysisStep, Token } from './token.js';

/** UTF-16 units of a text that are analysed in one go; a longer text goes stretch by stretch. No query is longer. */
export const longestStretch = 4096;
/** A stretch ends at the best place among its last units. */
const tailUnits = 512;

/** Where a text may best be parted, the best first: between lines, behind a sentence, between words that are no numbers, between any words. */
const seams: readonly RegExp[] = [
  /[\n\r\u2028\u2029](?![\s\S]*[\n\r\u2028\u2029])/u,
  /[.!?\u061f\u0964\u1362]["'”’)\]]?\s(?!.*[.!?\u061f\u0964\u1362]["'”’)\]]?\s)|[。！？](?!.*[。！？])/su,
  /[^\s\d]\s(?=[^\s\d])(?!.*[^\s\d]\s(?=[^\s\d]))/su,
  /\s(?!.*\s)|[、，](?!.*[、，])/su,
];

/** Where the stretch that begins at `from` ends; no character is cut in two. */
export function stretchEnd(text: string, from: number): number {
  const to = from + longestStretch;
  if (to >= text.length) return text.length;
  const tail = text.slice(to - tailUnits, to);
  for (const seam of seams) {
    const found = seam.exec(tail);
    if (found !== null) return to - tailUnits + found.index + found[0].length;
  }
  return splitsPair(text, to) ? to - 1 : to;
}

/** What the analysis of a stretch gave. */
export interface AnalysedStretch {
  readonly tokens: Token[];
  /** words with those that were dropped: positions of the stretch behind it go on from there */
  readonly words: number;
}

/** Work that a token takes, beside the units of its text. */
const tokenWork = 4;

/**
 * Analyses a text stretch by stretch, as if it were one.
 * @yields units of work (src/search/turns.ts), about one for each character
 */
export function* analyseStretches(
  text: string,
  analyse: (stretch: string) => AnalysedStretch,
): Generator<number, Token[]> {
  const all: Token[] = [];
  let position = 0;
  for (let from = 0; from < text.length; ) {
    const to = stretchEnd(text, from);
    const { tokens, words } = analyse(text.slice(from, to));
    for (const token of tokens) all.push(from === 0 ? token : moved(token, from, position));
    position += words;
    yield to - from + tokenWork * tokens.length;
    from = to;
  }
  return all;
}

/** A step of the analysis, and how many words there are at it. */
export type CountedStep = AnalysisStep & { readonly words: number };

/**
 * The steps of a text stretch by stretch, as if it were one.
 * @param stepsOf  those of a stretch, the same for every one
 * @yields units of work
 */
export function* stepsOfStretches(
  text: string,
  stepsOf: (stretch: string) => readonly CountedStep[],
): Generator<number, AnalysisStep[]> {
  const all: { readonly name: string; readonly tokens: Token[]; words: number }[] = [];
  for (let from = 0; from < text.length || all.length === 0; ) {
    const to = stretchEnd(text, from);
    let work = to - from;
    for (const [i, { name, tokens, words }] of stepsOf(text.slice(from, to)).entries()) {
      all[i] ??= { name, tokens: [], words: 0 };
      for (const token of tokens) all[i].tokens.push(moved(token, from, all[i].words));
      all[i].words += words;
      work += tokenWork * tokens.length;
    }
    yield work;
    from = to;
  }
  return all.map(({ name, tokens }) => ({ name, tokens }));
}

/** A token of a stretch where it stands in the whole text. */
function moved(token: Token, units: number, words: number): Token {
  const { parts, variants } = token;
  const shift = <T extends { readonly start: number; readonly end: number }>(span: T): T => ({
    ...span,
    start: span.start + units,
    end: span.end + units,
  });
  return {
    ...shift(token),
    position: token.position + words,
    ...(parts && { parts: parts.map(shift) }),
    ...(variants && { variants: variants.map(each => (each.piece ? { ...each, piece: shift(each.piece) } : each)) }),
  };
}
