import { readModelManifest } from '../../../models/runtime/artefact.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { GenerationInfo } from '../../search/backend.js';
import { type Generation, readGenerations } from '../../search/generation.js';
import { generationInfos } from '../../search/generation-infos.js';
import { readManifest } from '../../search/manifest.js';
import { openIndexStore } from '../../search/open-parts.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';

/** The generations of an index, in the order of their numbers. @throws TandemError 'index/*' */
export async function listGenerationsOf(folder: string): Promise<readonly GenerationInfo[]> {
  const store = await openIndexStore(folder, await readManifest(folder), { readOnly: true });
  return generationInfos(folder, store).finally(() => store.close());
}

/** What `tandem generation list` does. @throws TandemError 'index/*' | 'cluster/*' */
export async function listGenerationsAt(index: string, choice: BackendChoice): Promise<readonly GenerationInfo[]> {
  const place = clusterPlace(index, choice);
  if (place === undefined) return listGenerationsOf(index);
  const { clusterGenerations, withCluster } = await import('../../../serving/backends/opensearch/generations.js');
  return withCluster(place, clusterGenerations);
}

/** How a generation is named. */
export interface Named {
  readonly generation?: number;
  /** folder of the model that it was made with */
  readonly model?: string;
}

/**
 * The generation that is meant: by its number, by its model, or the only one that is ready and not active.
 * @throws TandemError 'generation/unknown' | 'usage/missing-option' where several could be meant | 'model/*'
 */
export async function namedGeneration(folder: string, { generation, model }: Named): Promise<number> {
  const { manifest, generations } = await readGenerations(folder);
  return chooseGeneration(folder, generations, manifest.generation, { generation, model });
}

/** The same of generations that are known. */
export async function chooseGeneration(
  index: string,
  generations: readonly Pick<Generation, 'number' | 'modelId'>[],
  active: number,
  { generation, model }: Named,
): Promise<number> {
  const known = (number: number | undefined, what: string): number => {
    if (generations.some(each => each.number === number)) return number as number;
    throw new TandemError('generation/unknown', `${index}: there is no generation ${what}`, { number });
  };
  if (generation !== undefined) return known(generation, String(generation));
  if (model !== undefined) {
    const { modelId } = await readModelManifest(model);
    return known(generations.find(each => each.modelId === modelId)?.number, `of the model ${model}`);
  }
  const others = generations.filter(each => each.number !== active);
  if (others.length === 1) return others[0].number;
  if (others.length === 0) return known(undefined, `beside ${active}`);
  const numbers = others.map(({ number }) => number).join(', ');
  throw new TandemError('usage/missing-option', `generation is missing: there are ${numbers} beside the active one`, {
    option: 'generation',
  });
}
