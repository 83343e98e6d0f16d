import type { DocumentEmbedder } from './backend.js';
import { catchUpTo } from './catch-up.js';
import { readManifest } from './manifest.js';
import { openIndexStore } from './open-parts.js';
import { readReady } from './switch-generation.js';
import { ifFree } from './tidy-generations.js';

const batchSize = 64;

/**
 * Embeds what was written since for a generation that is ready and not active, so that it can be compared. One that another process is at work on is left to that.
 * @param open  opens its model; undefined for tokens alone
 * @throws TandemError 'generation/unknown' | 'generation/unfinished' | 'index/*', and what the embedder throws
 */
export async function bringUp(
  folder: string,
  number: number,
  open: () => Promise<{ readonly embedder?: DocumentEmbedder; close(): Promise<void> }>,
): Promise<void> {
  const manifest = await readManifest(folder);
  if (manifest.generation === number) return;
  await readReady(folder, number);
  const root = await openIndexStore(folder, manifest, {});
  try {
    const store = root.ofGeneration(number);
    if (store.seen() === store.sequence()) return;
    const work = async (): Promise<void> => {
      const { embedder, close } = await open();
      await catchUpTo(0, store, { embedder, batch: batchSize }).finally(close);
    };
    await ifFree(() => root.generations.claim(number), work);
  } finally {
    await root.close();
  }
}
