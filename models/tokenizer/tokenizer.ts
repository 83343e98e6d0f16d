import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { importedEncoder } from './imported-encoder.js';
import { normaliserSpec, preTokeniserSpec } from './normalise.js';
import {
  addedId,
  type Frame,
  frameOf,
  type ParsedTokenizer,
  parseTokenizerFile,
  sizeOf,
  specialIdsOf,
} from './tokenizer-file.js';
import { type Encoder, unigramEncoder } from './unigram-encoder.js';

/** A text vocabulary as towers use it. */
export interface TextTokenizer {
  /** sha256 of the tokenizer.json, hexadecimal */
  readonly id: string;
  /** rows that an embedding table needs: one above the greatest id */
  readonly vocabularySize: number;
  readonly padId: number;
  /** absent where the vocabulary has no mask token */
  readonly maskId: number | undefined;
  /** ids that stand for no text: padding, start, mask, unknown and the like */
  readonly specialIds: ReadonlySet<number>;
  /** the special tokens before and after every text */
  readonly frame: Frame;
  /**
   * Text -> ids with the special tokens around them (`<s> A` for a vocabulary trained here, `[CLS] A [SEP]` for BERT).
   * Special tokens in the text itself are read as plain characters.
   * @param maxTokens  the ids are cut so that no more than this many remain, special tokens included; these are never cut
   * @returns int32 [<= maxTokens]
   * @throws TandemError 'config/bad-value' when maxTokens has no room for the special tokens
   */
  encode(text: string, maxTokens: number): Int32Array;
  /** Ids that the whole text has, special tokens included. */
  lengthOf(text: string): number;
}

/** A longer text is encoded in parts, cut before whitespace, until enough ids are there. UTF-16 units. */
const partLength = 4096;

/**
 * Loads a tokenizer.json: one written here (exact to Hugging Face's ids) or one of an imported encoder.
 * @param json  the file's content
 * @throws TandemError 'model/damaged' | 'model/unsupported-tokenizer'
 */
export async function loadTokenizer(json: string | Uint8Array): Promise<TextTokenizer> {
  const bytes = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  const parsed = parseTokenizerFile(typeof json === 'string' ? json : new TextDecoder().decode(json));
  const padId = parsed.file.padding?.pad_id ?? addedId(parsed.file, ['<pad>', '[PAD]']);
  if (padId === undefined)
    throw new TandemError('model/unsupported-tokenizer', 'tokenizer.json: there is no padding token');
  const frame = frameOf(parsed.file);
  const { before, after } = frame;
  const framed = before.length + after.length;
  const encoder = isTrainedHere(parsed) ? trainedEncoder(parsed) : await importedEncoder(bytes, parsed);
  return {
    id: createHash('sha256').update(bytes).digest('hex'),
    vocabularySize: sizeOf(parsed.file),
    padId,
    maskId: addedId(parsed.file, ['<mask>', '[MASK]']),
    specialIds: specialIdsOf(parsed.file),
    frame,
    lengthOf: text => framed + encodeParts(encoder, text, Number.POSITIVE_INFINITY).length,
    encode(text, maxTokens) {
      if (!Number.isInteger(maxTokens) || maxTokens < framed) {
        throw new TandemError(
          'config/bad-value',
          `maxTokens must be a whole number of at least ${framed}, got ${maxTokens}`,
        );
      }
      return Int32Array.from([...before, ...encodeParts(encoder, text, maxTokens - framed), ...after]);
    },
  };
}

const isTrainedHere = ({ file, normaliser, preTokeniser }: ParsedTokenizer): boolean =>
  file.model.type === 'Unigram' &&
  file.model.byte_fallback !== true &&
  isDeepStrictEqual(normaliser, normaliserSpec) &&
  isDeepStrictEqual(preTokeniser, preTokeniserSpec);

const vocabularySchema = z.array(z.tuple([z.string(), z.number()]));

function trainedEncoder({ file }: ParsedTokenizer): Encoder {
  const vocabulary = vocabularySchema.safeParse(file.model.vocab);
  const unknownId = file.model.unk_id ?? Number.POSITIVE_INFINITY;
  if (!vocabulary.success || unknownId >= vocabulary.data.length) {
    throw new TandemError(
      'model/damaged',
      'tokenizer.json: model.vocab is not a list of pieces with scores, or unk_id lies outside it',
    );
  }
  const specialIds = new Set(file.added_tokens.map(token => token.id));
  return unigramEncoder({ vocabulary: vocabulary.data, unknownId, specialIds });
}

/** Words do not depend on each other, so parts cut before whitespace give the ids of the whole; a huge text costs only what is kept. */
function encodeParts(encoder: Encoder, text: string, most: number): number[] {
  if (text.length <= partLength) return encoder(text, most);
  const ids: number[] = [];
  for (let from = 0; from < text.length && ids.length < most; ) {
    const to = nextCut(text, from + partLength);
    const part = text.slice(from, to);
    // some imported vocabularies give a word mark for a text of whitespace alone, which this part is not
    if (part.trim() !== '') for (const id of encoder(part, most - ids.length)) ids.push(id);
    from = to;
  }
  return ids;
}

function nextCut(text: string, from: number): number {
  const whitespace = /\p{White_Space}/gu;
  whitespace.lastIndex = from;
  return whitespace.exec(text)?.index ?? text.length;
}
