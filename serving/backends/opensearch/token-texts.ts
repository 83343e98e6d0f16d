import type { PartField } from '../../../src/lexical/part-of-index.js';
import { gap, readTerm, writtenTerm } from './names.js';

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

/** Reads the terms that are wanted out of such texts. @param length  of the field */
export function readTokenTexts(
  texts: readonly string[],
  isWanted: (term: string) => boolean,
  length: number,
): PartField {
  const terms: string[] = [];
  const positions: number[] = [];
  let position = -1;
  for (const [number, text] of texts.entries()) {
    if (number > 0) position += textGap - 1;
    for (const word of text.split(' ')) {
      position++;
      if (word === gap) continue;
      for (const written of word.includes('|') ? word.split('|') : [word]) {
        const term = readTerm(written);
        if (!isWanted(term)) continue;
        terms.push(term);
        positions.push(position);
      }
    }
  }
  return { terms, positions, length };
}
