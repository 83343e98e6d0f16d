const oneKana = /^(?:[\u3041-\u3096\u30fc]+|[\u30a1-\u30f6\u30fc]+)$/u;
const hasLetter = /[\u3041-\u3096\u30a1-\u30f6]/u;
/** From a letter of hiragana to the same one of katakana. */
const apart = 0x60;

/** A word of one of the two syllabaries of Japanese in the other: ぴあの, ピアノ; undefined for anything else. */
export function inOtherKana(word: string): string | undefined {
  if (!oneKana.test(word) || !hasLetter.test(word)) return undefined;
  return word.replace(/[\u3041-\u3096\u30a1-\u30f6]/g, letter =>
    String.fromCharCode(letter.charCodeAt(0) + (letter < '\u30a1' ? apart : -apart)),
  );
}
