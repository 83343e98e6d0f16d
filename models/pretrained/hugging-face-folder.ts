import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { EncoderShape, PretrainedEncoder } from '../pretrained-encoder.js';
import { loadTokenizer, type TextTokenizer } from '../tokenizer/tokenizer.js';
import { lengthOf } from '../with-encoder.js';
import { type HuggingFaceShape, readHuggingFaceConfig } from './hugging-face-config.js';
import { readWeights } from './hugging-face-weights.js';
import type { Taken } from './taken.js';
import { openWeights } from './weight-files.js';

export interface ImportOptions {
  /** keep the first so many layers; all of them when absent */
  readonly layers?: number;
  /** in place of the folder's own prompts */
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
}

/** What an import has settled that a folder may say in several places, or not at all. */
export interface TakenSettings {
  readonly pooling: Taken<string>;
  /** tokens that the encoder was made to read at once */
  readonly maxTokens: Taken<number>;
  readonly queryPrefix: Taken<string>;
  readonly documentPrefix: Taken<string>;
  readonly lowerCase: Taken<boolean>;
  /** prompts of the folder that are for something else */
  readonly unusedPrompts: readonly string[];
}

export interface ImportedEncoder extends PretrainedEncoder {
  readonly taken: TakenSettings;
}

/**
 * Reads a text encoder from a folder as Hugging Face keeps them (config.json, tokenizer.json, model.safetensors or its parts; families bert
 * and xlm-roberta; pooling, length, case and prompts of sentence-transformers where it says so).
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-encoder' | 'model/unsupported-tokenizer' |
 *   'usage/bad-value' when fewer layers are there than wanted
 */
export async function readHuggingFaceFolder(folder: string, options: ImportOptions = {}): Promise<ImportedEncoder> {
  const read = await readHuggingFaceConfig(folder);
  const layers = chosenLayers(read.shape, options);
  const json = await readTokenizer(join(read.root, 'tokenizer.json'));
  const tokenizer = await loadTokenizer(json);
  const [queryPrefix, documentPrefix] = prefixesOf(read, options);
  const shape: EncoderShape = {
    ...read.shape,
    layers,
    queryPrefix: queryPrefix.value,
    documentPrefix: documentPrefix.value,
    unpooledQueryTokens: unpooledTokens(read, tokenizer, queryPrefix.value),
    unpooledDocumentTokens: unpooledTokens(read, tokenizer, documentPrefix.value),
  };
  const file = await openWeights(read.root);
  try {
    const wanted = { shape, firstPosition: read.firstPosition, tokens: tokenizer.vocabularySize };
    const encoder = { shape, tokenizer: json, ...(await readWeights(file, wanted)) };
    const { pooling, lowerCase, prompts } = read;
    const maxTokens = boundedLength(read, encoder);
    return {
      ...encoder,
      shape: { ...shape, maxTokens: maxTokens.value },
      taken: { pooling, maxTokens, queryPrefix, documentPrefix, lowerCase, unusedPrompts: prompts.unused },
    };
  } finally {
    await file.close();
  }
}

function chosenLayers({ layers: own }: EncoderShape, { layers = own }: ImportOptions): number {
  if (layers >= 1 && layers <= own) return layers;
  throw new TandemError('usage/bad-value', `layers: expected 1 to ${own}, got ${layers}`, { layers });
}

function prefixesOf({ prompts }: HuggingFaceShape, options: ImportOptions): [Taken<string>, Taken<string>] {
  const { queryPrefix: query, documentPrefix: document } = options;
  return [
    query === undefined ? prompts.query : { value: query, from: '--query-prefix' },
    document === undefined ? prompts.document : { value: document, from: '--document-prefix' },
  ];
}

/** As sentence-transformers counts them: the tokens of a prompt alone, less those behind a text. */
function unpooledTokens({ shape, poolsPrompt }: HuggingFaceShape, tokenizer: TextTokenizer, prefix: string): number {
  if (poolsPrompt || prefix === '' || shape.pooling !== 'mean') return 0;
  const text = shape.lowerCase ? prefix.toLowerCase() : prefix;
  return tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length - tokenizer.frame.after.length;
}

/** The length that the folder says, or all positions: a greater one is what tokenizers write who know none. */
function boundedLength({ maxTokens }: HuggingFaceShape, encoder: PretrainedEncoder): Taken<number> {
  const positions = encoder.position.rows;
  if (maxTokens === undefined || !(maxTokens.value >= 2 && maxTokens.value <= positions))
    return { value: lengthOf(encoder), from: 'all positions' };
  return { value: Math.floor(maxTokens.value), from: maxTokens.from };
}

function readTokenizer(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
}
