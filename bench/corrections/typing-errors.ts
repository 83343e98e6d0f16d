import type { Random } from '../../src/math/random.js';

/** Neighbours of a letter on the keyboard that most people type English on. */
const rows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const neighbours = new Map<string, string>();
rows.forEach((row, at) => {
  [...row].forEach((letter, i) => {
    const beside = [
      row[i - 1],
      row[i + 1],
      rows[at - 1]?.[i],
      rows[at - 1]?.[i + 1],
      rows[at + 1]?.[i - 1],
      rows[at + 1]?.[i],
    ];
    neighbours.set(letter, beside.filter(each => each !== undefined).join(''));
  });
});
const vowels = 'aeiou';

const put = (word: string, at: number, letters: string, instead = 1): string =>
  word.slice(0, at) + letters + word.slice(at + instead);
const drawn = (random: Random, from: string): string => from[random.below(from.length)];
const beside = (random: Random, letter: string): string => drawn(random, neighbours.get(letter) ?? 'e');

/** An error in a word of lower-case letters; the first one stays but for `first letter`. @returns the word itself where it has no place for the error */
type TypingError = (word: string, random: Random) => string;

/** A place behind the first letter that fits; -1 where none does. */
function place(word: string, random: Random, fits: (at: number) => boolean): number {
  const places = Array.from({ length: word.length - 1 }, (_, i) => i + 1).filter(fits);
  return places.length === 0 ? -1 : places[random.below(places.length)];
}

function atPlace(
  fits: (word: string, at: number) => boolean,
  change: (word: string, at: number, random: Random) => string,
): TypingError {
  return (word, random) => {
    const at = place(word, random, each => fits(word, each));
    return at < 0 ? word : change(word, at, random);
  };
}

const anywhere = (): boolean => true;

const swapped = atPlace(
  (word, at) => at + 1 < word.length && word[at] !== word[at + 1],
  (word, at) => put(word, at, word[at + 1] + word[at], 2),
);
const missing = atPlace(anywhere, (word, at) => put(word, at, ''));
const replaced = atPlace(anywhere, (word, at, random) => put(word, at, beside(random, word[at])));

/** Errors of people who type, by name. */
export const typingErrors: Readonly<Record<string, TypingError>> = {
  swapped,
  missing,
  'missing double': atPlace(
    (word, at) => word[at] === word[at - 1],
    (word, at) => put(word, at, ''),
  ),
  doubled: atPlace(anywhere, (word, at) => put(word, at, word[at] + word[at])),
  'extra neighbour': atPlace(anywhere, (word, at, random) => put(word, at, word[at] + beside(random, word[at]))),
  neighbour: replaced,
  vowel: atPlace(
    (word, at) => vowels.includes(word[at]),
    (word, at, random) => put(word, at, drawn(random, vowels.replace(word[at], ''))),
  ),
  'first letter': (word, random) =>
    random.below(2) === 0 ? put(word, 0, beside(random, word[0])) : put(word, 0, word[1] + word[0], 2),
  'two errors': (word, random) => (word.length < 8 ? word : missing(swapped(word, random), random)),
};
