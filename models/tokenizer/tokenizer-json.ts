import { normaliserSpec, preTokeniserSpec, wordMark } from './normalise.js';
import type { Piece } from './seed-pieces.js';

/** The first ids of a vocabulary trained here; `<s>` opens every sequence and is what [CLS] is to BERT. */
export const specialTokens = ['<pad>', '<unk>', '<s>', '</s>', '<mask>'] as const;

const unknownId = specialTokens.indexOf('<unk>');
const beginId = specialTokens.indexOf('<s>');

const decimals = 1e6;

/**
 * Writes a vocabulary as the text of a tokenizer.json (Hugging Face tokenizers, version 1.0, model Unigram), which the Python,
 * Rust and Node libraries load. A sequence is `<s> A`; no end token.
 * Scores are rounded to six decimals: such short numbers are read as the same float64 by every JSON parser.
 * @param pieces  score = log probability; they get the ids 5, 6, ...
 */
export function writeTokenizerJson(pieces: readonly Piece[]): string {
  const vocabulary = [
    ...specialTokens.map(token => [token, 0]),
    ...pieces.map(({ text, score }) => [text, Math.round(score * decimals) / decimals]),
  ];
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => addedToken(content, id)),
    normalizer: normaliserSpec,
    pre_tokenizer: preTokeniserSpec,
    post_processor: template,
    decoder: { type: 'Metaspace', replacement: wordMark, prepend_scheme: 'always', split: true },
    model: { type: 'Unigram', unk_id: unknownId, vocab: vocabulary, byte_fallback: false },
  });
}

const addedToken = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const begin = { SpecialToken: { id: '<s>', type_id: 0 } };

const template = {
  type: 'TemplateProcessing',
  single: [begin, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [begin, { Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { '<s>': { id: '<s>', ids: [beginId], tokens: ['<s>'] } },
} as const;
