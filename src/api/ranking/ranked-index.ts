import type { DocumentRow } from '../../config/rows.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { EmbeddedIndex, Rankable, RankedCandidates } from '../../search/embedded-backend.js';
import type { Manifest } from '../../search/manifest.js';
import type { SearchRequest } from '../../search/request.js';
import { type BackendChoice, type ClusterPlace, clusterPlace } from '../indexes/cluster-place.js';
import { activeModelFolder } from '../indexes/index-models.js';
import { withSearch } from '../indexes/open-search.js';

/** An index whose candidates are ranked, wherever it lies. */
export interface RankedIndex {
  /** as people named it */
  readonly name: string;
  /** sha256 */
  readonly modelId: string;
  /** folder of the model */
  readonly model: string;
  /** D */
  readonly width: number;
  readonly indexing: Manifest['indexing'];
  /** As a search ranks them. @throws TandemError as `search` */
  candidates(request: SearchRequest, depth: number): Promise<RankedCandidates>;
  rankable(): Promise<Rankable>;
  /** Those of some ids that documents have. */
  having(ids: ReadonlySet<string>): Promise<ReadonlySet<string>>;
  /** Every document once. */
  documents(): AsyncIterable<DocumentRow>;
}

/**
 * Opens an index with its model for what ranks its candidates, uses it and closes it.
 * @throws TandemError 'index/no-vectors' where it was made without a model, 'usage/missing-option' where that of an index of a cluster was not given,
 * 'index/*' | 'model/*' | 'cluster/*', and what `use` throws
 */
export function withRankedIndex<T>(
  name: string,
  choice: BackendChoice,
  use: (index: RankedIndex) => Promise<T>,
): Promise<T> {
  const place = clusterPlace(name, choice);
  if (place !== undefined) return withRankedCluster(place, use);
  return withSearch(name, async ({ index }) => use(rankedFolder(name, await activeModelFolder(name), index)));
}

function noVectors(name: string): TandemError {
  const message = `${name}: a ranker orders the hits of both sides, and this index has no vectors`;
  return new TandemError('index/no-vectors', message);
}

function rankedFolder(name: string, model: string, index: EmbeddedIndex): RankedIndex {
  const { modelId, width, indexing } = index.manifest;
  if (modelId === null || width === null) throw noVectors(name);
  return {
    ...{ name, modelId, model, width, indexing },
    candidates: index.candidates,
    rankable: async () => index.rankable(),
    having: async () => new Set(index.ids()),
    documents: async function* () {
      for (const id of index.ids()) {
        const document = await index.get(id);
        if (document !== undefined) yield document;
      }
    },
  };
}

async function withRankedCluster<T>(place: ClusterPlace, use: (index: RankedIndex) => Promise<T>): Promise<T> {
  const { index: name, model } = place;
  const { openClusterSearch } = await import('../indexes/open-cluster.js');
  const { index, close } = await openClusterSearch(place);
  try {
    const { modelId, width } = index.meta;
    if (modelId === null || width === null) throw noVectors(name);
    if (model === undefined)
      throw new TandemError(
        'usage/missing-option',
        `--model is missing: the model that ${name} was made with, whose cosines a ranker looks at`,
        { flag: '--model' },
      );
    const { indexing } = (await index.searchedBy()).manifest;
    const { candidates, rankable, having, documents } = index;
    return await use({ ...{ name, modelId, model, width, indexing, candidates, rankable, having, documents } });
  } finally {
    await close();
  }
}
