/**
 * Signs within a word of UAX #29: apostrophes, full stops, colons, middle dots, underscores, the quotes of Hebrew, the non-joiner of Persian. Between two
 * digits most of them belong to the number (3.5, 1,000, 12:30); an underscore never does.
 */
const sign = /(?<![0-9](?=[^_][0-9]))['\u2018\u2019".:\xb7_\u200c]/u;
const everySign = new RegExp(sign, 'gu');

/** English verbs whose pieces are no words: don't, they'll, we've. */
const contraction = /n['\u2018\u2019]t$|['\u2018\u2019](?:ll|re|ve)$/;
const joinsNumbers = /[0-9]_+[0-9]/;
/** There the signs belong to a letter, or show an abbreviation. */
const hebrew = /[\u05d0-\u05ea]/;
/** Pieces of a word at most. */
const mostPieces = 12;

/** A word that holds signs. */
export interface SignedWord {
  /** without them: oreilly, nodejs, usa; absent where numbers would become one */
  readonly joined?: string;
  /** what stands between them and is a word by itself; at most 12, distinct, one alone where the others are none */
  readonly pieces: readonly string[];
}

/** @returns undefined where no sign stands in the word, or it holds nothing else */
export function takeSignsOut(word: string): SignedWord | undefined {
  if (!sign.test(word)) return undefined;
  const joined = word.replace(everySign, '');
  const pieces = word.split(sign);
  if (hebrew.test(word)) return { joined, pieces: [] };
  const isWord = (piece: string): boolean => piece.length > 1 || /^[^\0-\u024f]|^[0-9]$/u.test(piece);
  const words = new Set(contraction.test(word) ? [] : pieces.filter(isWord));
  words.delete(joined);
  return { ...(!joinsNumbers.test(word) && { joined }), pieces: [...words].slice(0, mostPieces) };
}

/**
 * Cyrillic and Greek words with a number at their end are often two that stand together (насос100вт), and sometimes a model: the pieces, the word
 * itself is another.
 */
export function takeNumbersOff(word: string): readonly string[] {
  if (!beforeNumber.test(word)) return [];
  return [...new Set(word.split(beforeNumber))].slice(0, mostPieces);
}
const beforeNumber = /(?<=[\u0370-\u052f]{2})(?=[0-9])/;
