import { loadTokenizer, type TextTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { writeTokenizerJson } from '../../../models/tokenizer/tokenizer-json.js';

/** A vocabulary in which each of these words is one token: ids 5, 6, ... behind the special ones; `<s>` is 2, `<mask>` 4. */
export const vocabularyOf = (words: readonly string[]): Promise<TextTokenizer> =>
  loadTokenizer(writeTokenizerJson(words.map(word => ({ text: `▁${word}`, score: -1 }))));
