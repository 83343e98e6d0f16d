import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnreadableImage } from '../../../models/images/image-source.js';
import type { Model } from '../../../models/runtime/load-model.js';
import type { OpenImageSource } from '../../../models/runtime/model-images.js';
import type { PictureEmbedder } from '../../search/backend.js';
import type { Companions } from '../../search/follow-index.js';
import { generationFolder, type Manifest, partNames, readManifest } from '../../search/manifest.js';
import type { OpenWritingModel } from '../../search/written-parts.js';

/** Where an index keeps the copy of the model that a generation was made with, and the pictures of its documents. */
export const modelFolder = (index: string, generation = 0): string =>
  join(generationFolder(index, generation), partNames.model);
export const picturesFolder = (index: string): string => join(index, 'pictures');

/** The same of the generation that is active. @throws TandemError 'index/*' */
export const activeModelFolder = async (index: string): Promise<string> =>
  modelFolder(index, (await readManifest(index)).generation);

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

/** A model that reads pictures which are asked with too, where it was trained with pictures. @param folder  of the model */
export async function readingPictures(folder: string, model: Model): Promise<Model & Partial<PictureEmbedder>> {
  const { openPictureEmbedder } = await import('../../../models/runtime/picture-embedder.js');
  const pictures = await openPictureEmbedder(folder, model);
  if (pictures === undefined) return model;
  return {
    ...model,
    embedPictures: pictures.embedPictures,
    close: () => pictures.close().finally(() => model.close()),
  };
}

/**
 * Loads the models of an index that is made again and again, each once: the same model of another index is the same.
 * @returns takes the model of a folder; it is closed when nobody who took it needs it any more
 */
export function sharedModels(): (
  folder: string,
  modelId: string,
) => Promise<Companions & Required<Pick<Companions, 'embedder'>>> {
  const loaded = new Map<string, { readonly model: Promise<Model & Partial<PictureEmbedder>>; users: number }>();
  return async (folder, modelId) => {
    const { loadModel } = await import('../../../models/runtime/load-model.js');
    const { readArtefact } = await import('../../../models/runtime/artefact.js');
    // what lies in this folder is looked at all the same: it is what the next start will load
    if (loaded.has(modelId)) await readArtefact(folder);
    const entry = loaded.get(modelId) ?? {
      model: loadModel(folder).then(model => readingPictures(folder, model)),
      users: 0,
    };
    loaded.set(modelId, entry);
    entry.users++;
    const close = async (): Promise<void> => {
      if (--entry.users > 0) return;
      loaded.delete(modelId);
      await (await entry.model).close();
    };
    try {
      return { embedder: await entry.model, close };
    } catch (error) {
      if (--entry.users === 0) loaded.delete(modelId);
      throw error;
    }
  };
}

/**
 * Both sides of the models that an index is written with, each with its own image encoder over the pictures of the index.
 * @param onUnreadable  told of a picture that could not be read
 */
export const openWritingModels =
  (onUnreadable?: (image: UnreadableImage) => void): OpenWritingModel =>
  async (index, { modelId, generation }: Manifest) => {
    const folder = modelFolder(index, generation);
    if (modelId === null || !(await isFolder(folder))) return { close: async () => undefined };
    return openWithImages(index, folder, onUnreadable);
  };

/** A model with its image encoder over the pictures of an index. @throws TandemError 'model/*' */
export async function openWithImages(
  index: string,
  folder: string,
  onUnreadable?: (image: UnreadableImage) => void,
): Promise<{ readonly embedder: Model & Partial<PictureEmbedder>; close(): Promise<void> }> {
  const { loadModel } = await import('../../../models/runtime/load-model.js');
  const images = await openIndexImages(index, folder, onUnreadable);
  try {
    const embedder = await readingPictures(folder, await loadModel(folder, { images: images?.source }));
    const close = async (): Promise<void> => {
      await embedder.close();
      await images?.close();
    };
    return { embedder, close };
  } catch (error) {
    await images?.close();
    throw error;
  }
}

/** The image encoder of a model, over the pictures of an index. @returns undefined where the model has none */
async function openIndexImages(
  index: string,
  model: string,
  onUnreadable?: (image: UnreadableImage) => void,
): Promise<OpenImageSource | undefined> {
  const { openModelImages } = await import('../../../models/runtime/model-images.js');
  const root = (await isFolder(picturesFolder(index))) ? picturesFolder(index) : undefined;
  return openModelImages(model, { root, onUnreadable });
}
