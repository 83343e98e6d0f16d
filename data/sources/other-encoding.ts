import { eld } from 'eld/small';

/** What people's files are in that are no Unicode, as TextDecoder calls it; of as likely ones the first. */
const encodings = [
  ...['windows-1252', 'windows-1250', 'iso-8859-2', 'windows-1251', 'koi8-r', 'windows-1253', 'windows-1254'],
  ...['windows-1255', 'windows-1256', 'shift_jis', 'euc-jp', 'euc-kr', 'gb18030', 'big5'],
] as const;

/** Characters of the words that are looked at. */
const sample = 20_000;
/** Different words with other letters than those of ASCII: one tells nothing. */
const leastWords = 2;
/** A text of single bytes seldom is one of several bytes a character too, with nothing but letters. */
const ofSeveralBytes = { encodings: new Set<string>(['shift_jis', 'euc-jp', 'euc-kr', 'gb18030', 'big5']), bonus: 1.5 };
/** Likeness to a language below which a reading is none. */
const leastScore = 0.2;

/**
 * The encoding of a text that is no UTF-8: the one in which its words are most like those of a language.
 * @param bytes  whole characters, but for the last one
 * @returns a label of TextDecoder; undefined where it cannot be told
 */
export function guessEncoding(bytes: Buffer): string | undefined {
  let best: { readonly encoding: string; readonly score: number } | undefined;
  for (const encoding of encodings) {
    const text = decoded(bytes, encoding);
    if (text === undefined || !isText(text)) continue;
    const words = foreignWords(text);
    if (words.length < leastWords) continue;
    const likeness = Math.max(0, ...Object.values(eld.detect(words.join(' ').slice(0, sample)).getScores()));
    const bonus = ofSeveralBytes.encodings.has(encoding) ? ofSeveralBytes.bonus : 1;
    const score = bonus * likeness * (letterShare(text) * (1 - mixedShare(words))) ** 2;
    if (score >= leastScore && (best === undefined || score > best.score)) best = { encoding, score };
  }
  return best?.encoding;
}

/** Share of letters among the characters that are not ASCII, nor quotes, dashes, spaces or currencies: read in another encoding, many are signs. */
function letterShare(text: string): number {
  const foreign = text.match(/(?![\0-\x7f\p{P}\p{Sc}\p{Z}])./gsu)?.length ?? 0;
  const letters = text.match(/(?![\0-\x7f])[\p{L}\p{M}]/gu)?.length ?? 0;
  return foreign === 0 ? 0 : letters / foreign;
}

/** The words with other letters than those of ASCII: all the others are the same in every encoding. */
function foreignWords(text: string): string[] {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
  return [...new Set(words.filter(word => /[^\0-\x7f]/.test(word)))];
}

/** Share of words with letters of Latin and of another script, which nobody writes. */
const mixedShare = (words: readonly string[]): number =>
  words.filter(word => /\p{Script=Latin}/u.test(word) && /(?!\p{Script=Latin})\p{L}/u.test(word)).length /
  Math.max(1, words.length);

function decoded(bytes: Buffer, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** No characters of control, and none of private use. */
const isText = (text: string): boolean => !/(?![\t-\r])\p{Cc}|\p{Co}/u.test(text);
