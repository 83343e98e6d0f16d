import { type ClusterCheck, checkGeneration } from '../../../serving/backends/opensearch/check.js';
import { withActiveGeneration } from '../../../serving/backends/opensearch/generations.js';
import type { Watch } from '../watch.js';
import type { ClusterPlace } from './cluster-place.js';
import { loadClusterModel } from './open-cluster.js';

/** Checks an index of a cluster; where something is wrong and a repair is wanted, writes that anew and checks again. @throws as checkGeneration, 'model/*' */
export async function checkClusterIndex(
  place: ClusterPlace,
  wanted: boolean,
  watch: Pick<Watch, 'progress'>,
): Promise<{ readonly before: ClusterCheck; readonly after: ClusterCheck }> {
  const embedder = place.model === undefined ? undefined : await loadClusterModel(place.model);
  try {
    return await withActiveGeneration(place, async generation => {
      const look = async (repair: boolean): Promise<ClusterCheck> => {
        const progress = watch.progress(repair ? 'repairing' : 'checking', 'documents');
        const onProgress = (done: number): void => progress.update(done);
        return checkGeneration(generation, { repair, embedder, onProgress }).finally(() => progress.finish());
      };
      const before = await look(wanted);
      return { before, after: before.problems.length > 0 && wanted ? await look(false) : before };
    });
  } finally {
    await embedder?.close();
  }
}
