import { availableParallelism } from 'node:os';
import { loadModel } from '../../../models/runtime/load-model.js';
import { embedHere, embedInWorkers } from '../../../serving/jobs/embed-rows.js';
import { embedShards } from '../../../serving/jobs/embed-shards.js';
import { type EmbeddableRow, inShards } from '../../../serving/jobs/shards.js';
import type { Watch } from '../watch.js';
import { type DocumentImages, openDocumentImages } from './document-images.js';
import type { Embed, EmbedWork, OpenEmbed } from './embed-work.js';

/** Fewer rows than this are embedded sooner than worker threads have loaded their models. */
const workersFrom = 2_000;

/** Embeds by threads of this process. */
export const threadsOf = (watch: Watch): OpenEmbed => ({
  embed: async work => {
    const images =
      work.kind === 'documents' ? await openDocumentImages({ ...work, documents: work.in }, watch) : undefined;
    try {
      return await embedWith(images, work, watch);
    } finally {
      images?.close();
    }
  },
  close: async () => undefined,
});

async function embedWith<Row extends EmbeddableRow>(
  images: DocumentImages | undefined,
  work: EmbedWork<Row>,
  watch: Watch,
): ReturnType<Embed> {
  const { towers: kind, read, width, rows, before, batch } = work;
  const model = await loadModel(work.model, { threads: 1, images: images?.source });
  try {
    const shards = await work.begin();
    const workers = work.workers ?? (rows - before < workersFrom ? 1 : availableParallelism());
    const embedder = workers === 1 ? embedHere(model) : embedInWorkers(work.model, workers, images);
    const progress = watch.progress('embedding', 'rows', rows, before);
    let done = before;
    const onRows = (more: number): void => {
      done += more;
      progress.update(done);
    };
    try {
      await embedShards(inShards(read()), embedder, shards, { kind, width, batch, onRows });
    } catch (error) {
      watch.tell(
        `${shards.sum().rows} of ${rows} rows are kept in ${shards.storage.address}; the same command goes on from there`,
      );
      throw error;
    } finally {
      progress.finish();
      await embedder.close();
    }
    return { shards, workers };
  } finally {
    await model.close();
  }
}
