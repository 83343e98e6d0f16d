import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import type { DocumentStore } from '../store/document-store.js';
import { readGeneration } from './generation.js';
import { generationFolder, partNames, readManifest } from './manifest.js';

/** Whether it is described; one that is half dropped is not. */
const isDescribed = (folder: string, number: number): Promise<boolean> =>
  readGeneration(folder, number).then(
    () => true,
    (error: unknown) => {
      if (error instanceof TandemError && error.code === 'generation/unknown') return false;
      throw error;
    },
  );

/** Names of what belongs to the first generation alone, beside what the index has once. */
const ofFirst = new RegExp(
  `^(?:${partNames.model}$|${partNames.vectors}(?:\\.|$)|${partNames.fusion}$|${partNames.ranker}\\..*\\.json$)`,
);

/** Removes the folder of a generation, or of the first one what is its own in the folder of the index. */
export async function removeGenerationParts(folder: string, number: number): Promise<void> {
  const own = generationFolder(folder, number);
  if (number > 0) return rm(own, { recursive: true, force: true });
  for (const name of await readdir(own)) {
    if (ofFirst.test(name)) await rm(join(own, name), { recursive: true, force: true });
  }
}

/**
 * Removes what is left of generations that somebody began to drop, and folders that somebody began to make and did not finish, unless another process is
 * at work on them.
 */
export async function tidyGenerations(folder: string, store: DocumentStore): Promise<void> {
  const { generations } = store;
  const { generation: active } = await readManifest(folder);
  for (const number of generations.numbers()) {
    if (number === active || (await isDescribed(folder, number))) continue;
    await ifFree(
      () => generations.claim(number),
      async () => {
        await removeGenerationParts(folder, number);
        await generations.forget(number);
      },
    );
  }
}

/** Does something under a claim, unless another process holds it. */
export async function ifFree(claim: () => Promise<() => Promise<void>>, work: () => Promise<void>): Promise<boolean> {
  let release: () => Promise<void>;
  try {
    release = await claim();
  } catch (error) {
    if (error instanceof TandemError && error.code === 'generation/busy') return false;
    throw error;
  }
  await work().finally(release);
  return true;
}
