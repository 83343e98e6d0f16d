import type { DocumentStore } from '../store/document-store.js';
import { catchUp } from './catch-up.js';
import { isReady, manifestWith, readGenerations } from './generation.js';
import { embeddedAtOnce } from './prepared-changes.js';
import { ifFree } from './tidy-generations.js';
import { type OpenWritingModel, openFitting } from './written-parts.js';

/**
 * Embeds what was written for the generations that are ready and not active too, so that switching to one of them does not take long. One that another process
 * is at work on is left to that.
 * @param store  open for writing
 */
export async function keepGenerations(
  folder: string,
  store: DocumentStore,
  openModel: OpenWritingModel,
): Promise<void> {
  const { manifest, generations } = await readGenerations(folder);
  for (const generation of generations) {
    const { number, modelId } = generation;
    const own = store.ofGeneration(number);
    if (number === manifest.generation || !isReady(generation) || own.seen() === store.sequence()) continue;
    await ifFree(
      () => store.generations.claim(number),
      async () => {
        const model = await openFitting(folder, manifestWith(manifest, generation), openModel);
        const embedder = modelId === null ? undefined : model.embedder;
        await catchUp(own, { embedder, batch: embeddedAtOnce }).finally(() => model.close());
      },
    );
  }
}
