import { TandemError } from '../../errors/tandem-error.js';
import { dropGeneration } from '../../search/drop-generation.js';
import { readGenerations } from '../../search/generation.js';
import { checkOptions, type OptionSchemas, path, whole } from '../check-options.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';
import { openWritableSearch } from '../indexes/open-search.js';
import type { GenerationChoice, SwitchedGeneration } from '../options.js';
import type { Watch } from '../watch.js';
import { namedGeneration } from './list-generations.js';

/** Makes a generation the active one. A process that serves the index without writing takes it over. @throws as switchGeneration of src/search, 'index/locked' */
export async function switchTo(folder: string, generation: number): Promise<SwitchedGeneration> {
  const search = await openWritableSearch(folder, {});
  try {
    const before = search.index.manifest.generation;
    await search.index.switchTo(generation);
    return { generation, before };
  } finally {
    await search.close();
  }
}

/** The generation that was active before the present one. @throws TandemError 'generation/no-previous' */
export async function previousGeneration(folder: string): Promise<number> {
  const { manifest, generations } = await readGenerations(folder);
  const { previousGeneration: previous } = manifest;
  if (previous !== undefined && generations.some(({ number }) => number === previous)) return previous;
  const reason = previous === undefined ? 'no other generation was active' : `generation ${previous} was dropped`;
  throw new TandemError('generation/no-previous', `${folder}: there is nothing to go back to: ${reason}`);
}

export const choice: OptionSchemas<GenerationChoice & { folder: string }> = {
  folder: path,
  generation: whole(0, Number.MAX_SAFE_INTEGER).optional(),
  model: path.optional(),
};

/** What `generations.switch` of the library does. */
export async function switchGenerationOf(folder: string, options: GenerationChoice): Promise<SwitchedGeneration> {
  checkOptions('generations.switch', { folder, ...options }, choice);
  return switchTo(folder, await namedGeneration(folder, options));
}

/** What `generations.rollback` of the library does. */
export async function rollbackGenerationOf(folder: string): Promise<SwitchedGeneration> {
  checkOptions('generations.rollback', { folder }, { folder: path });
  return switchTo(folder, await previousGeneration(folder));
}

/** What `generations.drop` of the library does. @returns its number */
export async function dropGenerationOf(folder: string, options: GenerationChoice): Promise<number> {
  checkOptions('generations.drop', { folder, ...options }, choice);
  const generation = await namedGeneration(folder, options);
  await dropGeneration(folder, generation);
  return generation;
}

/** What `tandem generation switch` does. @throws as switchGenerationOf, 'cluster/*' */
export async function switchGenerationAt(
  index: string,
  where: BackendChoice,
  wanted: GenerationChoice,
  watch: Pick<Watch, 'progress'>,
): Promise<SwitchedGeneration> {
  const place = clusterPlace(index, where);
  if (place === undefined) return switchGenerationOf(index, wanted);
  const { switchGenerationThere } = await import('./cluster-generations.js');
  const { generation, model } = wanted;
  return switchGenerationThere(place, generation === undefined ? { model } : { generation }, model, watch);
}

/** What `tandem generation rollback` does. @throws as rollbackGenerationOf, 'cluster/*' */
export async function rollbackGenerationAt(
  index: string,
  where: BackendChoice,
  watch: Pick<Watch, 'progress'>,
): Promise<SwitchedGeneration> {
  const place = clusterPlace(index, where);
  if (place === undefined) return rollbackGenerationOf(index);
  const { switchGenerationThere } = await import('./cluster-generations.js');
  return switchGenerationThere(place, undefined, where.model, watch);
}

/** What `tandem generation drop` does. @throws as dropGenerationOf, 'cluster/*' */
export async function dropGenerationAt(index: string, where: BackendChoice, wanted: GenerationChoice): Promise<number> {
  const place = clusterPlace(index, where);
  if (place === undefined) return dropGenerationOf(index, wanted);
  const { dropGenerationThere } = await import('./cluster-generations.js');
  return dropGenerationThere(place, wanted);
}
