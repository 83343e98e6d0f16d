import { writeEncoder } from '../../models/pretrained/encoder-folder.js';
import { type ImportOptions, readHuggingFaceFolder } from '../../models/pretrained/hugging-face-folder.js';
import type { EncoderShape, PretrainedEncoder } from '../../models/pretrained-encoder.js';
import { withEncoder } from '../../models/with-encoder.js';
import type { Config } from '../config/schema.js';
import { tandemVersion } from '../config/version.js';

export interface ImportedSizes {
  readonly shape: EncoderShape;
  readonly tokens: number;
  readonly positions: number;
}

const sizesOf = ({ shape, token, position }: PretrainedEncoder): ImportedSizes => ({
  shape,
  tokens: token.rows,
  positions: position.rows,
});

/** Imports an encoder from a Hugging Face folder into a folder of ours. */
export async function importEncoder(folder: string, options: ImportOptions, out: string): Promise<ImportedSizes> {
  const encoder = await readHuggingFaceFolder(folder, options);
  await writeEncoder(out, encoder, tandemVersion());
  return sizesOf(encoder);
}

/** Imports an encoder as a model artefact whose towers are the encoder as it is, untrained. */
export async function importModel(
  folder: string,
  options: ImportOptions,
  config: Config,
  out: string,
): Promise<ImportedSizes> {
  const { writeUntrainedModel } = await import('../../models/pretrained/untrained-model.js');
  const encoder = await readHuggingFaceFolder(folder, options);
  await writeUntrainedModel(out, encoder, withEncoder(config, encoder), tandemVersion());
  return sizesOf(encoder);
}
