import {
  type BuiltClusterIndex,
  buildClusterIndex,
  type SearchChoices,
  type UnnamedIndex,
} from '../../../serving/backends/opensearch/build.js';
import { openGeneration } from '../../../serving/backends/opensearch/open.js';
import { drawDocuments } from '../../../serving/backends/opensearch/scan-documents.js';
import { searchedAlias } from '../../../serving/backends/opensearch/search-index.js';
import type { IndexingConfig } from '../../config/indexing.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import type { TextEmbedder } from '../../search/backend.js';
import type { Documents } from '../options.js';
import { readDocumentRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';
import type { ClusterPlace } from './cluster-place.js';
import { loadClusterModel } from './open-cluster.js';
import { findWeightOf, type TunedFusion } from './tune-weight.js';

export interface MakeClusterIndexOptions extends ClusterPlace {
  readonly documents: Documents;
  readonly indexing: IndexingConfig;
  /** 1 when absent */
  readonly shards?: number;
  /** copies of each shard; 1 when absent */
  readonly replicas?: number;
  /** whether an index of this name may be replaced */
  readonly replace: boolean;
  /** judged queries that the fusion weight is tuned on, in place of those that the model carries */
  readonly tuneOn?: JudgedQueries;
}

export interface MadeClusterIndex extends BuiltClusterIndex {
  /** absent where nothing was tuned */
  readonly fusion?: TunedFusion;
}

/** Makes an index of a cluster: documents, tokens, vectors, the tuned fusion weight. @throws as buildClusterIndex */
export async function makeClusterIndex(options: MakeClusterIndexOptions, watch: Watch): Promise<MadeClusterIndex> {
  const { model, tuneOn, indexing } = options;
  const embedder = model === undefined ? undefined : await loadClusterModel(model);
  const progress = watch.progress('indexing', 'documents');
  let fusion: TunedFusion | undefined;
  const tune = async (built: UnnamedIndex): Promise<SearchChoices> => {
    const tuned = await tuneUnnamed(built, embedder, model ?? '', tuneOn, watch);
    fusion = tuned.fusion;
    return tuned.choices;
  };
  try {
    const built = await buildClusterIndex({
      ...options,
      documents: readDocumentRows(options.documents, watch.note),
      embedder,
      onProgress: done => progress.update(done),
      ...(embedder !== undefined && (tuneOn !== undefined || indexing.fusionWeight === 'auto') && { finish: tune }),
    });
    return { ...built, ...(fusion && { fusion }) };
  } finally {
    progress.finish();
    await embedder?.close();
  }
}

/** How the generation of a cluster is best searched. @param model  folder of the model that it was made with */
export async function tuneUnnamed(
  { cluster, names, meta }: UnnamedIndex,
  embedder: TextEmbedder | undefined,
  model: string,
  tuneOn: JudgedQueries | undefined,
  watch: Pick<Watch, 'progress'>,
): Promise<{ readonly choices: SearchChoices; readonly fusion?: TunedFusion }> {
  const index = openGeneration(cluster, names, meta, { embedder });
  const source = {
    retrieve: index.retrieve,
    having: index.having,
    draw: (most: number) => drawDocuments(searchedAlias(cluster, names.index), most),
  };
  const { weight: fusionWeight, fusion } = await findWeightOf(source, model, tuneOn, watch);
  const chosen = fusion?.classes?.chosen;
  return { choices: { fusionWeight, ...(chosen && { fusionClasses: chosen }) }, ...(fusion && { fusion }) };
}
