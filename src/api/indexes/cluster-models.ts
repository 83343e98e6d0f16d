import { readModelManifest } from '../../../models/runtime/artefact.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { TextEmbedder } from '../../search/backend.js';
import type { ClusterPlace } from './cluster-place.js';
import { loadClusterModel } from './open-cluster.js';

/** The models that an index of a cluster may be of while it is served. */
export interface ClusterModels {
  /** @throws TandemError 'index/model-mismatch' for a model that was not given | 'model/*' */
  open(modelId: string): Promise<TextEmbedder>;
  /** the one that was opened last */
  present(): TextEmbedder;
  close(): Promise<void>;
}

/** @returns undefined where tokens alone answer @throws TandemError 'model/*' */
export async function clusterModels({ index, model, nextModel }: ClusterPlace): Promise<ClusterModels | undefined> {
  if (model === undefined) return undefined;
  const first = await loadClusterModel(model);
  const opened = new Map([[first.modelId, Promise.resolve(first)]]);
  const next = nextModel === undefined ? undefined : (await readModelManifest(nextModel)).modelId;
  let last: TextEmbedder = first;
  return {
    open: async modelId => {
      if (!opened.has(modelId) && nextModel !== undefined && modelId === next)
        opened.set(modelId, loadClusterModel(nextModel));
      const found = opened.get(modelId);
      if (found === undefined)
        throw new TandemError(
          'index/model-mismatch',
          `${index}: it is searched by model ${modelId.slice(0, 12)}, which was given neither as --model nor as --next-model`,
        );
      last = await found;
      return last;
    },
    present: () => last,
    close: async () => {
      for (const model of opened.values()) await (await model).close();
    },
  };
}
