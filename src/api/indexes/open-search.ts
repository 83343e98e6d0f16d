import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnreadableImage } from '../../../models/images/image-source.js';
import type { Model } from '../../../models/runtime/load-model.js';
import type { OpenImageSource } from '../../../models/runtime/model-images.js';
import type { DocumentCountry } from '../../../serving/parts.js';
import type { OpenPairScorer } from '../../ranking/learned/deep-ranker.js';
import type { QueryEmbedder } from '../../search/backend.js';
import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import { type Companions, type FollowingIndex, type FollowOptions, followIndex } from '../../search/follow-index.js';
import type { Manifest } from '../../search/manifest.js';
import { openIndex } from '../../search/open-index.js';
import type { SearchMode } from '../../search/request.js';
import { openWritableIndex, type WritableIndex, type WriteOptions } from '../../search/writable-index.js';
import { readPlaces } from './places.js';

export type { Explanation } from '../../lexical/explain.js';
export type { Facet } from '../../query/query.js';
export type { Hit, HitExplanation, ScoreParts, SearchResponse, WordShare } from '../../search/backend.js';

/** Where an index keeps the copy of the model that it was made with, and the pictures of its documents. */
export const modelFolder = (index: string): string => join(index, 'model');
export const picturesFolder = (index: string): string => join(index, 'pictures');

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

/** An index with its own model, ready to search. */
export interface OpenSearch<I extends EmbeddedIndex = EmbeddedIndex> {
  readonly index: I;
  /** absent when the index was made without a model */
  readonly embedder?: QueryEmbedder;
  /** the modes it can answer, the best first */
  readonly modes: readonly SearchMode[];
  close(): Promise<void>;
}

const modesOf = (embedder: QueryEmbedder | undefined): readonly SearchMode[] =>
  embedder === undefined ? ['token'] : ['hybrid', 'vector', 'token'];

/** Runs the network of a ranker; the runtime is loaded where an index has one. */
export const openScorer: OpenPairScorer = async (network, shape) => {
  const { openPairScorer } = await import('../../../models/runtime/pair-scorer.js');
  return openPairScorer(network, shape);
};

type BothEmbedders = NonNullable<WriteOptions['embedder']>;

/** Opens an index with the model beside it, if there is one. */
async function openWithModel<I extends EmbeddedIndex>(
  folder: string,
  open: (embedder?: BothEmbedders) => Promise<I>,
  openImages: (model: string) => Promise<OpenImageSource | undefined> = async () => undefined,
): Promise<OpenSearch<I>> {
  if (!(await isFolder(modelFolder(folder)))) {
    const index = await open();
    return { index, modes: modesOf(undefined), close: () => index.close() };
  }
  const { loadModel } = await import('../../../models/runtime/load-model.js');
  const images = await openImages(modelFolder(folder));
  const model = await loadModel(modelFolder(folder), { images: images?.source });
  const closeModel = async (): Promise<void> => {
    await model.close();
    await images?.close();
  };
  try {
    const index = await open(model);
    const close = async (): Promise<void> => {
      await index.close();
      await closeModel();
    };
    return { index, embedder: model, modes: modesOf(model), close };
  } catch (error) {
    await closeModel();
    throw error;
  }
}

/** @throws TandemError 'index/*', 'model/*' */
export const openSearch = (folder: string): Promise<OpenSearch> =>
  openWithModel(folder, embedder => openIndex(folder, { embedder, openScorer }));

/** What lies in the folder of an index that is followed. */
export interface ServedCompanions extends Companions {
  /** choices that the page offers */
  readonly places: readonly DocumentCountry[];
}

/**
 * Loads the models of an index that is made again and again, each once: the same model of another index is the same.
 * @returns takes the model of a folder; it is closed when nobody who took it needs it any more
 */
function sharedModels(): (
  folder: string,
  modelId: string,
) => Promise<Companions & Required<Pick<Companions, 'embedder'>>> {
  const loaded = new Map<string, { readonly model: Promise<Model>; users: number }>();
  return async (folder, modelId) => {
    const { loadModel } = await import('../../../models/runtime/load-model.js');
    const { readArtefact } = await import('../../../models/runtime/artefact.js');
    // what lies in this folder is looked at all the same: it is what the next start will load
    if (loaded.has(modelId)) await readArtefact(folder);
    const entry = loaded.get(modelId) ?? { model: loadModel(folder), users: 0 };
    loaded.set(modelId, entry);
    entry.users++;
    const close = async (): Promise<void> => {
      if (--entry.users > 0) return;
      loaded.delete(modelId);
      await (await entry.model).close();
    };
    try {
      return { embedder: await entry.model, close };
    } catch (error) {
      if (--entry.users === 0) loaded.delete(modelId);
      throw error;
    }
  };
}

/**
 * The same, following what another process writes to the index, and indexes that are put in its place with whatever model.
 * @throws TandemError 'index/*', 'model/*'
 */
export async function openFollowingSearch(
  folder: string,
  options: Pick<FollowOptions<ServedCompanions>, 'onFailure' | 'onTaken'>,
): Promise<OpenSearch<FollowingIndex<ServedCompanions>>> {
  const takeModel = sharedModels();
  const openCompanions = async (from: string, { modelId }: Manifest): Promise<ServedCompanions> => {
    const places = await readPlaces(from);
    const hasModel = modelId !== null && (await isFolder(modelFolder(from)));
    return { places, ...(hasModel ? await takeModel(modelFolder(from), modelId) : { close: async () => undefined }) };
  };
  const index = await followIndex(folder, { ...options, openCompanions, openScorer });
  return {
    index,
    get embedder() {
      return index.embedder;
    },
    get modes() {
      return modesOf(index.embedder);
    },
    close: () => index.close(),
  };
}

export interface WritableSearchOptions extends Pick<WriteOptions, 'onSaveFailure' | 'onFault'> {
  /** told of a picture of a written document that could not be read */
  readonly onUnreadable?: (image: UnreadableImage) => void;
}

/**
 * The same for writing too. Pictures of written documents are looked for in the pictures of the index, or in the documents themselves.
 * @throws TandemError 'index/*', 'model/*'
 */
export const openWritableSearch = (
  folder: string,
  { onUnreadable, ...options }: WritableSearchOptions,
): Promise<OpenSearch<WritableIndex>> =>
  openWithModel(
    folder,
    embedder => openWritableIndex(folder, { ...options, embedder, openScorer }),
    () => openIndexImages(folder, onUnreadable),
  );

/** The image encoder of the model of an index, over the pictures of the index. @returns undefined where the model has none */
export async function openIndexImages(
  folder: string,
  onUnreadable?: (image: UnreadableImage) => void,
): Promise<OpenImageSource | undefined> {
  const { openModelImages } = await import('../../../models/runtime/model-images.js');
  const root = (await isFolder(picturesFolder(folder))) ? picturesFolder(folder) : undefined;
  return openModelImages(modelFolder(folder), { root, onUnreadable });
}

/** Opens an index, uses it and closes it, whatever happens. */
export async function withSearch<T>(folder: string, use: (search: OpenSearch) => Promise<T>): Promise<T> {
  const search = await openSearch(folder);
  try {
    return await use(search);
  } finally {
    await search.close();
  }
}
