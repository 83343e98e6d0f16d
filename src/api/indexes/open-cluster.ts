import { type ClusterIndex, openClusterIndex } from '../../../serving/backends/opensearch/open.js';
import type { DocumentEmbedder, TextEmbedder } from '../../search/backend.js';
import { searchModes } from '../../search/request.js';
import type { ClusterPlace, OpenBackend } from './cluster-place.js';
import { openScorer } from './open-search.js';

export interface OpenClusterSearch extends OpenBackend {
  readonly index: ClusterIndex;
  close(): Promise<void>;
}

/** Opens an index of a cluster with its model. @throws TandemError 'index/*' | 'model/*' | 'cluster/*' */
export async function openClusterSearch({ index: name, urls, model }: ClusterPlace): Promise<OpenClusterSearch> {
  const embedder = model === undefined ? undefined : await loadClusterModel(model);
  try {
    const index = await openClusterIndex({ index: name, urls, embedder, openScorer });
    const modes = embedder === undefined || index.meta.width === null ? (['token'] as const) : searchModes;
    return {
      index,
      ...(embedder && { embedder }),
      modes,
      close: () => index.close().finally(() => embedder?.close()),
    };
  } catch (error) {
    await embedder?.close();
    throw error;
  }
}

/** @throws TandemError 'model/*' */
export async function loadClusterModel(
  folder: string,
): Promise<TextEmbedder & DocumentEmbedder & { close(): Promise<void> }> {
  const { loadModel } = await import('../../../models/runtime/load-model.js');
  return loadModel(folder);
}
