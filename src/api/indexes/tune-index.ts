import type { Watch } from '../watch.js';
import { type BackendChoice, clusterPlace } from './cluster-place.js';
import type { TunedWeight } from './tune-cluster-index.js';
import { type TuneOptions, tuneIndexFolder } from './tune-weight.js';

/** What `tandem tune` does, wherever the index lies. @throws as tuneIndexFolder and tuneIndexThere */
export async function tuneIndexAt(
  index: string,
  options: TuneOptions,
  watch: Watch,
  choice: BackendChoice,
): Promise<TunedWeight> {
  const place = clusterPlace(index, choice);
  if (place !== undefined) {
    const { tuneIndexThere } = await import('./tune-cluster-index.js');
    return tuneIndexThere(place, options, watch);
  }
  const { manifest, before, fusion } = await tuneIndexFolder(index, options, watch);
  return { fusionWeight: manifest.indexing.fusionWeight, before, ...(fusion && { fusion }) };
}
