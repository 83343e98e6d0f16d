import type { UnreadableImage } from '../../../models/images/image-source.js';
import type { DocumentCountry } from '../../../serving/parts.js';
import type { OpenPairScorer } from '../../ranking/learned/deep-ranker.js';
import type { TextEmbedder } from '../../search/backend.js';
import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import { type Companions, type FollowingIndex, type FollowOptions, followIndex } from '../../search/follow-index.js';
import { type Manifest, readManifest } from '../../search/manifest.js';
import { openIndex } from '../../search/open-index.js';
import type { SearchMode } from '../../search/request.js';
import { openWritableIndex, type WritableIndex, type WriteOptions } from '../../search/writable-index.js';
import { isFolder, modelFolder, openWritingModels, readingPictures, sharedModels } from './index-models.js';
import { readPlaces } from './places.js';

export type { Explanation } from '../../lexical/explain.js';
export type { Facet } from '../../query/query.js';
export type { Hit, HitExplanation, ScoreParts, SearchResponse, WordShare } from '../../search/backend.js';

/** An index with its own model, ready to search. */
export interface OpenSearch<I extends EmbeddedIndex = EmbeddedIndex> {
  readonly index: I;
  /** absent when the index was made without a model */
  readonly embedder?: TextEmbedder;
  /** the modes it can answer, the best first */
  readonly modes: readonly SearchMode[];
  close(): Promise<void>;
}

const modesOf = (embedder: TextEmbedder | undefined): readonly SearchMode[] =>
  embedder === undefined ? ['token'] : ['hybrid', 'vector', 'token'];

/** Runs the network of a ranker; the runtime is loaded where an index has one. */
export const openScorer: OpenPairScorer = async (network, shape) => {
  const { openPairScorer } = await import('../../../models/runtime/pair-scorer.js');
  return openPairScorer(network, shape);
};

/**
 * Opens an index with the model of a generation, if there is one.
 * @param generation  the active one when absent
 * @throws TandemError 'index/*', 'model/*', 'generation/unknown' | 'generation/unfinished'
 */
export async function openSearch(folder: string, generation?: number): Promise<OpenSearch> {
  const model = modelFolder(folder, generation ?? (await readManifest(folder)).generation);
  if (!(await isFolder(model))) {
    const index = await openIndex(folder, { generation });
    return { index, modes: modesOf(undefined), close: () => index.close() };
  }
  const { loadModel } = await import('../../../models/runtime/load-model.js');
  const embedder = await readingPictures(model, await loadModel(model));
  try {
    const index = await openIndex(folder, { embedder, openScorer, generation });
    const close = () => index.close().finally(() => embedder.close());
    return { index, embedder, modes: modesOf(embedder), close };
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

/** An index that has its model with it, which changes with the generation. */
const withOwnModel = <I extends EmbeddedIndex & { readonly embedder: TextEmbedder | undefined }>(
  index: I,
): OpenSearch<I> => ({
  index,
  get embedder() {
    return index.embedder;
  },
  get modes() {
    return modesOf(index.embedder);
  },
  close: () => index.close(),
});

/** What lies in the folder of an index that is followed. */
export interface ServedCompanions extends Companions {
  /** choices that the page offers */
  readonly places: readonly DocumentCountry[];
}

/**
 * The same, following what another process writes to the index, and indexes that are put in its place with whatever model.
 * @throws TandemError 'index/*', 'model/*'
 */
export async function openFollowingSearch(
  folder: string,
  options: Pick<FollowOptions<ServedCompanions>, 'cursors' | 'onFailure' | 'onTaken'>,
): Promise<OpenSearch<FollowingIndex<ServedCompanions>>> {
  const takeModel = sharedModels();
  const openCompanions = async (from: string, { modelId, generation }: Manifest): Promise<ServedCompanions> => {
    const places = await readPlaces(from);
    const model = modelFolder(from, generation);
    const hasModel = modelId !== null && (await isFolder(model));
    return { places, ...(hasModel ? await takeModel(model, modelId) : { close: async () => undefined }) };
  };
  const index = await followIndex(folder, { ...options, openCompanions, openScorer });
  return withOwnModel(index);
}

export interface WritableSearchOptions extends Pick<WriteOptions, 'onSaveFailure' | 'onFault'> {
  /** told of a picture of a written document that could not be read */
  readonly onUnreadable?: (image: UnreadableImage) => void;
}

/**
 * The same for writing too. Pictures of written documents are looked for in the pictures of the index, or in the documents themselves.
 * @throws TandemError 'index/*', 'model/*'
 */
export async function openWritableSearch(
  folder: string,
  { onUnreadable, ...options }: WritableSearchOptions,
): Promise<OpenSearch<WritableIndex>> {
  const openModel = openWritingModels(onUnreadable);
  const index = await openWritableIndex(folder, { ...options, openModel, openScorer });
  return withOwnModel(index);
}

/** Opens an index, uses it and closes it, whatever happens. @param generation  the active one when absent */
export async function withSearch<T>(
  folder: string,
  use: (search: OpenSearch) => Promise<T>,
  generation?: number,
): Promise<T> {
  const search = await openSearch(folder, generation);
  try {
    return await use(search);
  } finally {
    await search.close();
  }
}
