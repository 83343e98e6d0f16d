import { rm } from 'node:fs/promises';
import { TandemError } from '../errors/tandem-error.js';
import type { DocumentStore } from '../store/document-store.js';
import { descriptionPath, readGeneration } from './generation.js';
import { readManifest } from './manifest.js';
import { openIndexStore } from './open-parts.js';
import { removeGenerationParts } from './tidy-generations.js';

/**
 * Takes a generation away: its description first, so that it is gone at once, then its embeddings and its folder. Ended between, the rest is taken away by
 * whoever next writes to the index or adds a generation.
 * @throws TandemError 'generation/unknown' | 'generation/active' | 'generation/busy' | 'index/*' | 'files/*'
 */
export async function dropGeneration(folder: string, number: number): Promise<void> {
  const root = await openIndexStore(folder, await readManifest(folder), {});
  try {
    const release = await root.generations.claim(number);
    await dropFrom(folder, root, number).finally(release);
  } finally {
    await root.close();
  }
}

/** The same with a store that is open for writing and has claimed the generation. */
export async function dropFrom(folder: string, root: DocumentStore, number: number): Promise<void> {
  if ((await readManifest(folder)).generation === number)
    throw new TandemError('generation/active', `${folder}: generation ${number} is the one that is searched`, {
      number,
    });
  await readGeneration(folder, number);
  await rm(descriptionPath(folder, number));
  if (root.generations.state(number) !== undefined) await root.generations.forget(number);
  await removeGenerationParts(folder, number);
}
