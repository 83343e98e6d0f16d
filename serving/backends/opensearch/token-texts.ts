import type { PartField } from '../../../src/lexical/part-of-index.js';
import { gap, writtenTerm } from './names.js';

/** Positions between two texts of a field, and from which on a distance is as good as that: no phrase bridges it. */
export const textGap = 1000;

/** The terms of a field as texts whose words the cluster takes as they are: a word a position, terms of one position parted by a bar. */
export function tokenTexts(terms: readonly string[], positions: ArrayLike<number>): string[] {
  const texts: string[] = [];
  let words: string[] = [];
  let last = -1;
  for (let i = 0; i < terms.length; i++) {
    const [term, position] = [writtenTerm(terms[i]), positions[i]];
    if (i > 0 && position === last) words[words.length - 1] += `|${term}`;
    else {
      if (position - last >= textGap) {
        if (words.length > 0) texts.push(words.join(' '));
        words = [];
      } else for (let at = last + 1; at < position; at++) words.push(gap);
      words.push(term);
    }
    last = position;
  }
  if (words.length > 0) texts.push(words.join(' '));
  return texts;
}

/** Terms that are read out of texts, by the word that each is written as. */
export type WantedTerms = ReadonlyMap<string, string>;

export const wantedTerms = (terms: Iterable<string>): WantedTerms =>
  new Map(Array.from(terms, term => [writtenTerm(term), term]));

/** Of so few each is looked for in a text, of more every word of the text is looked up. */
const fewTerms = 24;

/** Reads the terms that are wanted out of such texts, in the order in which they stand there. @param length  of the field */
export function readTokenTexts(texts: readonly string[], wanted: WantedTerms, length: number): PartField {
  const terms: string[] = [];
  const positions: number[] = [];
  let position = -1;
  for (const [number, text] of texts.entries()) {
    if (number > 0) position += textGap - 1;
    const found = wanted.size <= fewTerms ? findTerms(text, wanted) : lookUpTerms(text, wanted);
    let from = 0;
    position++;
    for (const { at, term } of found) {
      position += countSpaces(text, from, at);
      from = at;
      terms.push(term);
      positions.push(position);
    }
    if (number + 1 < texts.length) position += countSpaces(text, from, text.length);
  }
  return { terms, positions, length };
}

interface FoundTerm {
  /** first character in the text */
  readonly at: number;
  readonly term: string;
}

function findTerms(text: string, wanted: WantedTerms): FoundTerm[] {
  const found: FoundTerm[] = [];
  for (const [written, term] of wanted)
    for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + 1))
      if (isBetween(text, at - 1) && isBetween(text, at + written.length)) found.push({ at, term });
  return found.length > 1 ? found.sort((a, b) => a.at - b.at) : found;
}

function lookUpTerms(text: string, wanted: WantedTerms): FoundTerm[] {
  const found: FoundTerm[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at;
    while (!isBetween(text, end)) end++;
    const term = wanted.get(text.slice(at, end));
    if (term !== undefined) found.push({ at, term });
    at = end + 1;
  }
  return found;
}

const [space, bar] = [' ', '|'].map(sign => sign.charCodeAt(0));

/** Whether a place is outside of every word. */
function isBetween(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return true;
  const sign = text.charCodeAt(at);
  return sign === space || sign === bar;
}

function countSpaces(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === space) count++;
  return count;
}
