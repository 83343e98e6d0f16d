import { readHuggingFaceFolder } from '../../../models/pretrained/hugging-face-folder.js';
import { writeUntrainedModel } from '../../../models/pretrained/untrained-model.js';
import { frozenLength, withEncoder } from '../../../models/with-encoder.js';
import { presets } from '../../../src/config/presets.js';
import { configSchema } from '../../../src/config/schema.js';

/** A model whose towers are the encoder of a folder, as `tandem import-encoder --as-model` writes it. */
export async function writeImportedModel(folder: string, out: string, textEncoder: object = {}, options: object = {}) {
  const encoder = await readHuggingFaceFolder(folder, options);
  const preset = { ...presets.importedAsIs, textEncoder: { ...presets.importedAsIs.textEncoder, ...textEncoder } };
  await writeUntrainedModel(out, encoder, withEncoder(configSchema.parse(preset), encoder, frozenLength(encoder)), '0');
  return encoder;
}
