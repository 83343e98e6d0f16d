import { imageEncoderFiles, readImageEncoder } from '../images/image-encoder.js';
import { createImageSource, type ImageSourceOptions } from '../images/image-source.js';
import type { ImageSource } from '../images/image-vectors.js';
import { readModelManifest } from './artefact.js';
import { openImageEmbedder } from './image-embedder.js';
import type { SessionOptions } from './session.js';

/** An image source and what runs behind it. */
export interface OpenImageSource {
  readonly source: ImageSource;
  close(): Promise<void>;
}

/** @returns images of a document that a model looks at; undefined where it has no image encoder of its own */
export async function imageLimitOf(model: string): Promise<number | undefined> {
  const { manifest } = await readModelManifest(model);
  return imageEncoderFiles.model in manifest.files ? manifest.config.towers.image.limit : undefined;
}

/**
 * Opens the image encoder that lies in the folder of a model, for documents that come singly.
 * @returns undefined where the model has none
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-version'
 */
export async function openModelImages(
  model: string,
  options: Omit<ImageSourceOptions, 'embedder'> & SessionOptions,
): Promise<OpenImageSource | undefined> {
  if ((await imageLimitOf(model)) === undefined) return undefined;
  const embedder = await openImageEmbedder(await readImageEncoder(model), { threads: options.threads }, options.limits);
  return { source: createImageSource({ ...options, embedder }), close: () => embedder.close() };
}
