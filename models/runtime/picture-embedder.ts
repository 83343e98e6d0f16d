import { TandemError } from '../../src/errors/tandem-error.js';
import type { UnreadableImage } from '../images/image-source.js';
import type { Model } from './load-model.js';
import { imageLimitOf, type OpenImageSource, openModelImages } from './model-images.js';

/** Embeds pictures by themselves; see PictureEmbedder of src/search. */
export interface OpenPictureEmbedder {
  embedPictures(pictures: readonly string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

function refuse({ reference, code, message }: UnreadableImage): never {
  throw new TandemError(code, `${reference}: ${message}`);
}

/**
 * Pictures as the document tower of a model reads them. The image encoder is loaded when the first one comes.
 * @param folder  of the model
 * @returns undefined where the model has no image encoder of its own
 */
export async function openPictureEmbedder(folder: string, model: Model): Promise<OpenPictureEmbedder | undefined> {
  if ((await imageLimitOf(folder)) === undefined) return undefined;
  let opening: Promise<OpenImageSource | undefined> | undefined;
  const open = (): typeof opening => {
    opening ??= openModelImages(folder, { onUnreadable: refuse }).catch((error: unknown) => {
      // the next one that asks tries again
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    async embedPictures(pictures) {
      const vectors = await (await open())?.source.vectorsOf(pictures);
      const documents = pictures.map(picture => ({ id: '', title: '', images: [picture] }));
      const rows = await model.embedDocuments(documents, vectors);
      return pictures.map((_, i) => rows.slice(i * model.width, (i + 1) * model.width));
    },
    async close() {
      await (await opening)?.close();
    },
  };
}
