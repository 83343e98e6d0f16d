import { TandemError } from '../../src/errors/tandem-error.js';
import type { Encoder } from './unigram-encoder.js';

/**
 * The tokeniser of an imported encoder (any tokenizer.json that kitoken reads: BERT's WordPiece, XLM-R's Unigram).
 * Loaded on first use: a vocabulary trained here needs no WebAssembly.
 * @throws TandemError 'model/unsupported-tokenizer'
 */
export async function importedEncoder(json: Uint8Array): Promise<Encoder> {
  const { Kitoken } = await import('kitoken/node');
  try {
    const kitoken = Kitoken.from_tokenizers(json);
    return (text, most) => [...kitoken.encode(text.toWellFormed(), false).subarray(0, most)];
  } catch (error) {
    throw new TandemError('model/unsupported-tokenizer', `tokenizer.json: ${String(error)}`, {}, { cause: error });
  }
}
