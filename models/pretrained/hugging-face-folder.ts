import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { EncoderShape, PretrainedEncoder } from '../pretrained-encoder.js';
import { loadTokenizer } from '../tokenizer/tokenizer.js';
import { readHuggingFaceConfig } from './hugging-face-config.js';
import { readWeights } from './hugging-face-weights.js';
import { openTensorFile } from './tensor-file.js';

export interface ImportOptions {
  /** keep the first so many layers; all of them when absent */
  readonly layers?: number;
  /** in place of the folder's own prompts */
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
}

/**
 * Reads a text encoder from a folder as Hugging Face keeps them (config.json, tokenizer.json, model.safetensors; families bert and
 * xlm-roberta; the pooling of sentence-transformers where it says so, else the mean).
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-encoder' | 'model/unsupported-tokenizer' |
 *   'usage/bad-value' when fewer layers are there than wanted
 */
export async function readHuggingFaceFolder(folder: string, options: ImportOptions = {}): Promise<PretrainedEncoder> {
  const { shape: own, firstPosition } = await readHuggingFaceConfig(folder);
  const shape = chosenShape(own, options);
  const tokenizer = await readTokenizer(join(folder, 'tokenizer.json'));
  const { vocabularySize: tokens } = await loadTokenizer(tokenizer);
  const file = await openTensorFile(join(folder, 'model.safetensors'));
  try {
    return { shape, tokenizer, ...(await readWeights(file, { shape, firstPosition, tokens })) };
  } finally {
    await file.close();
  }
}

function chosenShape(own: EncoderShape, options: ImportOptions): EncoderShape {
  const { layers = own.layers, queryPrefix = own.queryPrefix, documentPrefix = own.documentPrefix } = options;
  if (layers < 1 || layers > own.layers) {
    throw new TandemError('usage/bad-value', `layers: expected 1 to ${own.layers}, got ${layers}`, { layers });
  }
  return { ...own, layers, queryPrefix, documentPrefix };
}

function readTokenizer(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
}
