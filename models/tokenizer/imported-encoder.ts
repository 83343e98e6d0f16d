import { TandemError } from '../../src/errors/tandem-error.js';
import type { Encoder } from './unigram-encoder.js';

/**
 * The tokeniser of an imported encoder (any tokenizer.json that kitoken reads: BERT's WordPiece, XLM-R's Unigram).
 * Loaded on first use: a vocabulary trained here needs no WebAssembly.
 * @throws TandemError 'model/unsupported-tokenizer'
 */
export async function importedEncoder(json: Uint8Array, normaliser: unknown): Promise<Encoder> {
  const { Kitoken } = await import('kitoken/node');
  try {
    const kitoken = Kitoken.from_tokenizers(json);
    const plain = lowersCase(normaliser) ? lowerSigma : (text: string): string => text;
    return (text, most) => [...kitoken.encode(plain(text.toWellFormed()), false).subarray(0, most)];
  } catch (error) {
    throw new TandemError('model/unsupported-tokenizer', `tokenizer.json: ${String(error)}`, {}, { cause: error });
  }
}

/** Hugging Face's library lower-cases character by character; kitoken writes a sigma at the end of a word as a final one. */
const lowerSigma = (text: string): string => text.replaceAll('Σ', 'σ');

/** Whether a normaliser, or one of a sequence of them, lower-cases. */
function lowersCase(normaliser: unknown): boolean {
  const { type, lowercase, normalizers } = Object(normaliser) as {
    readonly type?: unknown;
    readonly lowercase?: unknown;
    readonly normalizers?: unknown;
  };
  if (Array.isArray(normalizers)) return normalizers.some(lowersCase);
  return type === 'Lowercase' || (type === 'BertNormalizer' && lowercase === true);
}
