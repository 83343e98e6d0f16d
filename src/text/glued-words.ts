import type { Piece } from './fine-parts.js';

/** A word with a number behind it, and perhaps another word: summer2024, iphone14pro. Shorter ones are models. */
const numbered = /^(\p{L}{4,})(\d{1,4})(?:\p{L}{1,2}|(\p{L}{3,}))?$/u;
const year = /^(?:19|20)\d\d$/;

/** Whether a word may end in a number that stands behind another word. */
export const mayBeNumbered = (word: string): boolean => /\p{L}{4}\d/u.test(word);

/**
 * The words before and behind a number that is written as one with them: `summer2024` is found by summer and 2024, `iphone14pro` by iphone and pro.
 *
 * A change of case parts words too, but to index the parts of every LaserJet and ThinkPad cost .02 on Chorus: these are found by their beginnings where a
 * query needs it (glued-heads.ts).
 * @param word  in normal form
 */
export function gluedWords(word: string): readonly Piece[] {
  const parts = numbered.exec(word);
  if (parts === null) return [];
  const [, before, number, behind] = parts;
  const end = before.length + number.length;
  const pieces = [{ from: 0, to: before.length }];
  if (year.test(number)) pieces.push({ from: before.length, to: end });
  if (behind !== undefined) pieces.push({ from: end, to: word.length });
  return pieces;
}
