import type { Random } from '../src/math/random.js';

/** Number of letters of a word, combining marks not counted. */
export const letterCount = (word: string): number => word.match(/\p{L}/gu)?.length ?? 0;

/**
 * One typing error: two neighbouring characters swapped, one left out, one doubled, or one replaced by another character of the same word,
 * which keeps to its script; each kind as likely. The first character stays, as it does in most of what people mistype.
 * @param word  at least 3 code points
 * @returns the word with the error; the same word where the characters in question are equal
 */
export function addTypingError(word: string, random: Random): string {
  const letters = Array.from(word);
  const at = 1 + random.below(letters.length - 1);
  const kind = random.below(4);
  if (kind === 0) {
    const first = Math.min(at, letters.length - 2);
    [letters[first], letters[first + 1]] = [letters[first + 1], letters[first]];
  } else if (kind === 1) {
    letters.splice(at, 1);
  } else if (kind === 2) {
    letters.splice(at, 0, letters[at]);
  } else {
    letters[at] = letters[random.below(letters.length)];
  }
  return letters.join('');
}
