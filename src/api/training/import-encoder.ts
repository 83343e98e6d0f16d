import { checkEncoder, type EncoderCheck } from '../../../models/pretrained/check-encoder.js';
import { writeEncoder } from '../../../models/pretrained/encoder-folder.js';
import {
  type ImportedEncoder,
  type ImportOptions,
  readHuggingFaceFolder,
  type TakenSettings,
} from '../../../models/pretrained/hugging-face-folder.js';
import type { EncoderShape } from '../../../models/pretrained-encoder.js';
import { frozenLength, withEncoder } from '../../../models/with-encoder.js';
import type { Config } from '../../config/schema.js';
import { documentTokens } from '../../config/towers.js';
import { tandemVersion } from '../../config/version.js';

export interface Imported {
  readonly shape: EncoderShape;
  readonly tokens: number;
  readonly positions: number;
  readonly taken: TakenSettings;
  readonly check: EncoderCheck;
  /** of a model: what it reads of a document */
  readonly reads?: { readonly template: string | undefined; readonly channel: string; readonly tokens: number };
}

/** Reads an encoder and sees that it embeds as it should, before anything is written. */
async function readChecked(
  folder: string,
  options: ImportOptions,
): Promise<{ encoder: ImportedEncoder; imported: Imported }> {
  const encoder = await readHuggingFaceFolder(folder, options);
  const check = await checkEncoder(encoder);
  const { shape, taken, token, position } = encoder;
  return { encoder, imported: { shape, taken, check, tokens: token.rows, positions: position.rows } };
}

/** Imports an encoder from a Hugging Face folder into a folder of ours. */
export async function importEncoder(folder: string, options: ImportOptions, out: string): Promise<Imported> {
  const { encoder, imported } = await readChecked(folder, options);
  await writeEncoder(out, encoder, tandemVersion());
  return imported;
}

/** Imports an encoder as a model artefact whose towers are the encoder as it is, untrained. */
export async function importModel(
  folder: string,
  options: ImportOptions,
  config: Config,
  out: string,
): Promise<Imported> {
  const { writeUntrainedModel } = await import('../../../models/pretrained/untrained-model.js');
  const { encoder, imported } = await readChecked(folder, options);
  const own = withEncoder(config, encoder, frozenLength(encoder));
  await writeUntrainedModel(out, encoder, own, tandemVersion());
  const [channel] = own.towers.document;
  const template = channel === 'text' ? own.towers.documentText : undefined;
  return { ...imported, reads: { channel, template, tokens: documentTokens(own.textEncoder) } };
}
