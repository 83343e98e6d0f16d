import type { Config } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createTowers } from '../channels.js';
import type { DenseParameter } from '../dense-parameter.js';
import { artefactFiles } from '../manifest.js';
import type { Vocabulary } from '../model-state.js';
import type { PretrainedParts } from '../pretrained-parts.js';
import { decodeConstants } from '../recorder/onnx-proto.js';
import { readArtefact, tablesOf } from '../runtime/artefact.js';

/** A model artefact as something to train on. */
export interface StoredModel {
  /** sha256 over its content, hexadecimal */
  readonly id: string;
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  /** tokenizer.json, where a tower reads text */
  readonly tokenizer?: string;
  readonly parts: PretrainedParts;
}

/**
 * Reads what a model has learnt.
 * @throws TandemError 'model/quantized' | 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version'
 */
export async function readStoredModel(folder: string): Promise<StoredModel> {
  const { manifest, modelId, file } = await readArtefact(folder);
  const { config, vocabulary, files } = manifest;
  if (manifest.precision !== undefined)
    throw new TandemError(
      'model/quantized',
      `${folder}: its numbers were rounded to 8 bits, which nothing is trained on`,
    );
  const dense = new Map<string, DenseParameter>();
  for (const name of [artefactFiles.query, artefactFiles.document]) {
    for (const { name: parameter, dtype, shape, bytes } of decodeConstants(file(name))) {
      if (dtype === 'float32') dense.set(parameter, { shape, values: new Float32Array(Uint8Array.from(bytes).buffer) });
    }
  }
  const tables = tablesOf(folder, file);
  const imported = config.textEncoder.import !== undefined;
  const { query, document } = createTowers(config.towers, config.textEncoder);
  const ofEncoder = (name: string): boolean =>
    name === 'token' ||
    [query, document].some(({ encoder }) => name === encoder.positions || name.startsWith(`${encoder.prefix}.`));
  return {
    id: modelId,
    config,
    vocabulary,
    ...(artefactFiles.tokenizer in files && { tokenizer: file(artefactFiles.tokenizer).toString() }),
    parts: {
      has: name => imported && ofEncoder(name),
      dense: name => dense.get(name),
      table: name => tables[name],
    },
  };
}

/**
 * The configuration with the towers of a stored model in the place of its own; how features are dropped while training stays.
 */
export function withStoredModel(config: Config, stored: StoredModel): Config {
  const { featureDropout } = config.towers;
  const { dropout, tokenDropout } = config.textEncoder;
  return {
    ...config,
    towers: { ...stored.config.towers, featureDropout },
    textEncoder: { ...stored.config.textEncoder, dropout, tokenDropout },
  };
}
