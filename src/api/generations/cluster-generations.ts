import { learntFrom } from '../../../models/manifest.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import type { Cluster } from '../../../serving/backends/opensearch/cluster.js';
import {
  addClusterGeneration,
  bringUp,
  clusterGenerations,
  dropClusterGeneration,
  previousClusterGeneration,
  switchClusterGeneration,
  withCluster,
} from '../../../serving/backends/opensearch/generations.js';
import { generationNames, type IndexNames } from '../../../serving/backends/opensearch/names.js';
import { openGeneration } from '../../../serving/backends/opensearch/open.js';
import { listClusterGenerations } from '../../../serving/backends/opensearch/read-meta.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { usualWeights } from '../../search/fusion-prior.js';
import { searchModes } from '../../search/request.js';
import type { ClusterPlace, OpenBackend } from '../indexes/cluster-place.js';
import { tuneUnnamed } from '../indexes/make-cluster-index.js';
import { loadClusterModel } from '../indexes/open-cluster.js';
import { openScorer } from '../indexes/open-search.js';
import type { GenerationInfo, SwitchedGeneration } from '../options.js';
import type { Watch } from '../watch.js';
import { chooseGeneration, type Named } from './list-generations.js';

export interface AddOptions {
  /** folder of the model */
  readonly model: string;
  /** judged queries that the weight of the vectors is tuned on, in place of those that the model carries */
  readonly tuneOn?: JudgedQueries;
}

type Place = Pick<ClusterPlace, 'index' | 'urls'>;

/** What `tandem generation add` does of an index of a cluster. @throws as addClusterGeneration, 'model/*' */
export async function addGenerationThere(
  place: Place,
  { model, tuneOn }: AddOptions,
  watch: Watch,
): Promise<GenerationInfo> {
  const { manifest } = await readModelManifest(model);
  const embedder = await loadClusterModel(model);
  try {
    return await withCluster(place, async (cluster, names) => {
      let progress: ReturnType<Watch['progress']> | undefined;
      const number = await addClusterGeneration(cluster, names, {
        embedder,
        fusionWeight: usualWeights[learntFrom(manifest)],
        finish: async built => {
          progress?.finish();
          return (await tuneUnnamed(built, embedder, model, tuneOn, watch)).choices;
        },
        onProgress: (done, total) => {
          progress ??= watch.progress('embedding', 'documents', total);
          progress.update(Math.min(done, total), total);
        },
      }).finally(() => progress?.finish());
      return (await clusterGenerations(cluster, names)).find(each => each.number === number) as GenerationInfo;
    });
  } finally {
    await embedder.close();
  }
}

async function named(cluster: Cluster, names: IndexNames, choice: Named): Promise<number> {
  const generations = await clusterGenerations(cluster, names);
  const active = generations.find(each => each.active)?.number ?? 0;
  return chooseGeneration(names.alias, generations, active, choice);
}

/** What `tandem generation switch` and `rollback` do of an index of a cluster. @param wanted  the one before when absent */
export async function switchGenerationThere(
  place: Place,
  wanted: Named | undefined,
  model: string | undefined,
  watch: Pick<Watch, 'progress'>,
): Promise<SwitchedGeneration> {
  const embedder = model === undefined ? undefined : await loadClusterModel(model);
  const progress = watch.progress('catching up', 'documents');
  try {
    return await withCluster(place, async (cluster, names) => {
      const generation = wanted ? await named(cluster, names, wanted) : await previousClusterGeneration(cluster, names);
      const onProgress = (done: number): void => progress.update(done);
      return {
        generation,
        before: await switchClusterGeneration(cluster, names, generation, { embedder, onProgress }),
      };
    });
  } finally {
    progress.finish();
    await embedder?.close();
  }
}

/** What `tandem generation drop` does of an index of a cluster. @returns its number */
export const dropGenerationThere = (place: Place, choice: Named): Promise<number> =>
  withCluster(place, async (cluster, names) => {
    const generation = await named(cluster, names, choice);
    await dropClusterGeneration(cluster, names, generation);
    return generation;
  });

/** Two generations to be asked the same. */
export interface ComparedThere {
  readonly numbers: readonly [number, number];
  /** Opens one, brought up to what was written where its model was given. */
  use<T>(number: number, work: (search: OpenBackend) => Promise<T>): Promise<T>;
}

/** @param models  of the one that is named, and of the other */
export async function comparedThere(
  place: Place,
  choice: Named,
  other: number | undefined,
  models: readonly [string | undefined, string | undefined],
): Promise<ComparedThere> {
  const numbers = await withCluster(place, async (cluster, names): Promise<readonly [number, number]> => {
    const active = (await listClusterGenerations(cluster, names)).find(each => each.active)?.number;
    return [other ?? active ?? 0, await named(cluster, names, choice)];
  });
  return {
    numbers,
    use: async (number, work) => {
      const model = number === numbers[1] ? models[0] : models[1];
      const embedder = model === undefined ? undefined : await loadClusterModel(model);
      try {
        return await withCluster(place, async (cluster, names) => {
          const found = (await listClusterGenerations(cluster, names)).find(each => each.number === number);
          if (found === undefined)
            throw new TandemError('generation/unknown', `${names.alias}: there is no generation ${number}`, { number });
          if (embedder !== undefined) await bringUp(cluster, names, number, { embedder });
          const index = openGeneration(cluster, generationNames(found.index, names), found.meta, {
            embedder,
            openScorer,
          });
          const modes = embedder === undefined || found.meta.width === null ? (['token'] as const) : searchModes;
          return work({ index, modes });
        });
      } finally {
        await embedder?.close();
      }
    },
  };
}
