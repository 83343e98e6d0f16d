import type { ImageEncoderManifest } from '../../../models/images/image-encoder.js';
import { type ImageImportOptions, importImageEncoder } from '../../../models/pretrained/import-image-encoder.js';
import { tandemVersion } from '../../config/version.js';

/** Imports an image encoder from an ONNX file or a Hugging Face folder into a folder of ours. */
export async function importImages(
  path: string,
  options: ImageImportOptions,
  out: string,
): Promise<ImageEncoderManifest> {
  return (await importImageEncoder(path, options, out, tandemVersion())).manifest;
}
