import type { TextTokenizer } from '../tokenizer/tokenizer.js';

/** How much of the texts of documents a tower has read. */
export interface TextCounts {
  readonly texts: number;
  /** texts longer than the tower reads */
  readonly longer: number;
  /** tokens of all texts, whole */
  readonly tokens: number;
  /** tokens behind the end of what is read */
  readonly cut: number;
}

export const noTexts: TextCounts = { texts: 0, longer: 0, tokens: 0, cut: 0 };

/** Both together, or with sign -1 what has come since. */
export const addCounts = (a: TextCounts, b: TextCounts, sign: 1 | -1 = 1): TextCounts => ({
  texts: a.texts + sign * b.texts,
  longer: a.longer + sign * b.longer,
  tokens: a.tokens + sign * b.tokens,
  cut: a.cut + sign * b.cut,
});

/** Counts texts as they are read. A text that fills the length is measured whole; the others are. */
export function createTextCounter(tokenizer: Pick<TextTokenizer, 'lengthOf'>, maxTokens: number) {
  let counts = noTexts;
  return {
    see(text: string, ids: Int32Array): void {
      const tokens = ids.length < maxTokens ? ids.length : tokenizer.lengthOf(text);
      const cut = tokens - ids.length;
      counts = addCounts(counts, { texts: 1, longer: cut > 0 ? 1 : 0, tokens, cut });
    },
    counts: (): TextCounts => counts,
  };
}
