import type { ImageVectors } from '../models/images/image-vectors.js';
import { loadModel, type Model } from '../models/runtime/load-model.js';
import type { DocumentRow } from '../src/config/rows.js';

/** What embeds for a teacher. */
export interface TeacherModels {
  /** D', of all models together */
  readonly width: number;
  /** sha256 of each */
  readonly ids: readonly string[];
  /** float32 [n * D'], rows of length 1 */
  embedQueries(queries: Parameters<Model['embedQueries']>[0]): Promise<Float32Array>;
  /** float32 [n * D'], rows of length 1 */
  embedDocuments(documents: readonly DocumentRow[], images?: ImageVectors): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads models that teach together: what they embed stands side by side, divided by the root of their number, so that a product of a query
 * and a document is the mean of the models' cosines.
 * @throws TandemError 'data/not-found' | 'model/*'
 */
export async function loadTeacherModels(folders: readonly string[], threads: number): Promise<TeacherModels> {
  const models: Model[] = [];
  const close = async (): Promise<void> => {
    for (const model of models) await model.close();
  };
  try {
    for (const folder of folders) models.push(await loadModel(folder, { threads }));
  } catch (error) {
    await close();
    throw error;
  }
  const width = models.reduce((sum, model) => sum + model.width, 0);
  const joined = async (rows: number, embed: (model: Model) => Promise<Float32Array>): Promise<Float32Array> => {
    const all = new Float32Array(rows * width);
    const share = 1 / Math.sqrt(models.length);
    let from = 0;
    for (const model of models) {
      const own = await embed(model);
      for (let row = 0; row < rows; row++) {
        for (let j = 0; j < model.width; j++) all[row * width + from + j] = own[row * model.width + j] * share;
      }
      from += model.width;
    }
    return all;
  };
  return {
    width,
    ids: models.map(({ modelId }) => modelId),
    embedQueries: queries => joined(queries.length, model => model.embedQueries(queries)),
    embedDocuments: (documents, images) => joined(documents.length, model => model.embedDocuments(documents, images)),
    close,
  };
}
