import { TandemError } from '../../src/errors/tandem-error.js';
import { checkImportedFile, type Step, stepsOf, withoutRunSettings } from './imported-file.js';
import { wordMark } from './normalise.js';
import type { ParsedTokenizer } from './tokenizer-file.js';
import type { Encoder } from './unigram-encoder.js';

/**
 * The tokeniser of an imported encoder (BERT's WordPiece, XLM-R's Unigram), run by kitoken.
 * Loaded on first use: a vocabulary trained here needs no WebAssembly.
 * @throws TandemError 'model/unsupported-tokenizer'
 */
export async function importedEncoder(json: Uint8Array, parsed: ParsedTokenizer): Promise<Encoder> {
  checkImportedFile(parsed);
  const { Kitoken } = await import('kitoken/node');
  try {
    const kitoken = Kitoken.from_tokenizers(withoutRunSettings(json));
    const plain = stepsOf(parsed.normaliser).some(lowersCase) ? lowerSigma : (text: string): string => text;
    const mark = markWithoutWord(parsed);
    return (text, most) => {
      const ids = kitoken.encode(plain(text.toWellFormed()), false);
      return ids.length === 1 && ids[0] === mark ? [] : [...ids.subarray(0, most)];
    };
  } catch (error) {
    throw new TandemError('model/unsupported-tokenizer', `tokenizer.json: ${String(error)}`, {}, { cause: error });
  }
}

/** Hugging Face's library lower-cases character by character; kitoken writes a sigma at the end of a word as a final one. */
const lowerSigma = (text: string): string => text.replaceAll('Σ', 'σ');

const lowersCase = ({ type, lowercase }: Step): boolean =>
  type === 'Lowercase' || (type === 'BertNormalizer' && lowercase === true);

/** Where whitespace is split off first, a text without a word has no mark of one; kitoken gives it. @returns the id of the mark */
function markWithoutWord({ file, preTokeniser }: ParsedTokenizer): number | undefined {
  const splits = stepsOf(preTokeniser).some(({ type }) => type === 'WhitespaceSplit');
  if (!splits || !Array.isArray(file.model.vocab)) return undefined;
  return file.model.vocab.findIndex(entry => Array.isArray(entry) && entry[0] === wordMark);
}
