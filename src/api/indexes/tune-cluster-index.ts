import { changeChoices, presentChoices } from '../../../serving/backends/opensearch/choices.js';
import { withActiveGeneration } from '../../../serving/backends/opensearch/generations.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { Watch } from '../watch.js';
import type { ClusterPlace } from './cluster-place.js';
import { tuneUnnamed } from './make-cluster-index.js';
import { loadClusterModel } from './open-cluster.js';
import type { TunedFusion, TuneOptions } from './tune-weight.js';

/** What `tandem tune` changed. */
export interface TunedWeight {
  readonly fusionWeight: number;
  readonly before: number;
  readonly fusion?: TunedFusion;
}

/**
 * Gives an index of a cluster another weight of the vector side. Servers take it up within a second.
 * @throws TandemError 'index/no-vectors' | 'index/model-mismatch' | 'evaluation/no-queries' | 'usage/missing-option' | 'index/*' | 'model/*' | 'cluster/*'
 */
export async function tuneIndexThere(
  place: ClusterPlace,
  { given, weight }: TuneOptions,
  watch: Pick<Watch, 'progress'>,
): Promise<TunedWeight> {
  const { index, model } = place;
  if (weight === undefined && model === undefined)
    throw new TandemError(
      'usage/missing-option',
      '--model is missing: the model that the index was made with, which the weight is found with; or give --weight',
      { flag: '--model' },
    );
  const embedder = weight === undefined && model !== undefined ? await loadClusterModel(model) : undefined;
  try {
    return await withActiveGeneration(place, async ({ cluster, names, meta }) => {
      if (meta.modelId === null)
        throw new TandemError(
          'index/no-vectors',
          `${index}: this index was made without a model: its tokens alone rank`,
        );
      const { fusionWeight: before = meta.indexing.fusionWeight } = await presentChoices(cluster, names, meta);
      const tuned =
        weight === undefined
          ? await tuneUnnamed({ cluster, names, meta }, embedder, model ?? '', given, watch)
          : { choices: { fusionWeight: weight } };
      const { fusionWeight, fusionClasses = null } = tuned.choices;
      await changeChoices(cluster, names, meta, choices => ({ ...choices, fusionWeight, fusionClasses }));
      return { fusionWeight, before, ...(tuned.fusion && { fusion: tuned.fusion }) };
    });
  } finally {
    await embedder?.close();
  }
}
