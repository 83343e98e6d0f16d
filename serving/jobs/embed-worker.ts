import type { ImageVectors } from '../../models/images/image-vectors.js';
import { loadModel, type Model } from '../../models/runtime/load-model.js';
import { type EmbedBatch, type EmbedResult, embedBatch } from './embed-batch.js';

/** What a thread is asked to do. */
export interface EmbedTask {
  /** folder of the model artefact; one for the whole life of the thread */
  readonly model: string;
  readonly batch: EmbedBatch;
  readonly images?: FoundImages;
}

/** Image vectors by their reference; what is not there could not be read. */
export interface FoundImages {
  readonly width: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

const imageVectors = ({ width, vectors }: FoundImages): ImageVectors => ({
  width,
  of: references => references.flatMap(reference => vectors.get(reference) ?? []),
});

/** The state of this thread: its model, loaded when the first batch comes and kept until the thread ends. */
const thread: { model?: Promise<Model> } = {};

/** Embeds one batch in a worker thread. One native thread, since there are several of these. */
export async function embedTask({ model, batch, images }: EmbedTask): Promise<EmbedResult> {
  thread.model ??= loadModel(model, { threads: 1 });
  const own = batch.kind === 'documents' && images ? { ...batch, images: imageVectors(images) } : batch;
  return embedBatch(await thread.model, own);
}
