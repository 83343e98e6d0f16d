import { type Cluster, openCluster } from './cluster.js';
import type { IndexMeta } from './mapping.js';
import { type GenerationNames, generationNames, indexNames } from './names.js';
import { activeGeneration, checkCluster } from './read-meta.js';

/** A generation of an index of a cluster, for who changes something of it. */
export interface OpenGeneration {
  readonly cluster: Cluster;
  readonly names: GenerationNames;
  readonly meta: IndexMeta;
}

/** Works on the generation that an index is searched by. @throws TandemError 'index/not-found' | 'cluster/*', and what `work` throws */
export async function withActiveGeneration<T>(
  { index, urls }: { readonly index: string; readonly urls: readonly string[] },
  work: (active: OpenGeneration) => Promise<T>,
): Promise<T> {
  const cluster = openCluster({ urls });
  try {
    await checkCluster(cluster);
    const names = indexNames(index);
    const { index: active, meta } = await activeGeneration(cluster, names);
    return await work({ cluster, names: generationNames(active, names), meta });
  } finally {
    await cluster.close();
  }
}
