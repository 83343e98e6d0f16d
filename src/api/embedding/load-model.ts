import { loadModel } from '../../../models/runtime/load-model.js';
import { openModelImages } from '../../../models/runtime/model-images.js';
import { checkOptions, type OptionSchemas, path, whole } from '../check-options.js';
import { createLifetime } from '../lifetime.js';
import type { LoadModelOptions, Model } from '../options.js';

const schemas: OptionSchemas<LoadModelOptions & { folder: string }> = {
  folder: path,
  threads: whole(0, 1024).optional(),
  pictures: path.optional(),
};

/** What `loadModel` of the library does. */
export async function loadModelFolder(folder: string, options: LoadModelOptions): Promise<Model> {
  checkOptions('loadModel', { folder, ...options }, schemas);
  const { threads, pictures } = options;
  const images = await openModelImages(folder, { root: pictures });
  try {
    const model = await loadModel(folder, { threads, images: images?.source });
    const { run, close } = createLifetime('model/closed', folder, async () => {
      await model.close();
      await images?.close();
    });
    return {
      modelId: model.modelId,
      width: model.width,
      embedQuery: query => run(() => model.embedQuery(query)),
      embedQueries: queries => run(() => model.embedQueries(queries)),
      embedDocuments: documents => run(() => model.embedDocuments(documents)),
      close,
    };
  } catch (error) {
    await images?.close();
    throw error;
  }
}
