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

/** A piece of a word, and where it stands in it, in UTF-16 units. */
export interface WordPiece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A word that holds signs. */
export interface SignedWord {
  /** without them: oreilly, nodejs, usa; absent where numbers would become one */
  readonly joined?: string;
  /** what stands between them and is a word by itself; at most 12, distinct */
  readonly pieces: readonly WordPiece[];
}

/** @returns undefined where no sign stands in the word */
export function takeSignsOut(word: string): SignedWord | undefined {
  if (!sign.test(word)) return undefined;
  const joined = word.replace(everySign, '');
  if (hebrew.test(word)) return { joined, pieces: [] };
  const pieces = contraction.test(word) ? [] : piecesOf(word, everySign);
  const words = pieces.filter(({ text }) => text !== joined && isWord(text));
  return { ...(!joinsNumbers.test(word) && { joined }), pieces: words };
}

const isWord = (piece: string): boolean => piece.length > 1 || /^[^\0-\u024f]|^[0-9]$/u.test(piece);

/** What stands between the places that a pattern finds; the first ones of them, each once. */
function piecesOf(word: string, between: RegExp): WordPiece[] {
  const pieces = new Map<string, WordPiece>();
  let start = 0;
  const add = (end: number): void => {
    const text = word.slice(start, end);
    if (text !== '' && !pieces.has(text)) pieces.set(text, { text, start, end });
  };
  for (const { index, 0: found } of word.matchAll(between)) {
    add(index);
    start = index + found.length;
    if (pieces.size === mostPieces) return [...pieces.values()];
  }
  add(word.length);
  return [...pieces.values()];
}

/**
 * Cyrillic and Greek words with a number at their end are often two that stand together (насос100вт), and sometimes a model: the pieces, the word
 * itself is another.
 */
export const takeNumbersOff = (word: string): readonly WordPiece[] => {
  const pieces = beforeNumber.test(word) ? piecesOf(word, everyBeforeNumber) : [];
  return pieces.length > 1 ? pieces : [];
};

const beforeNumber = /(?<=[\u0370-\u052f]{2})(?=[0-9])/;
const everyBeforeNumber = new RegExp(beforeNumber, 'g');
