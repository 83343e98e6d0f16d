import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueryEmbedder, SearchMode } from '../search/backend.js';
import type { EmbeddedIndex } from '../search/embedded-backend.js';
import { type FollowOptions, followIndex } from '../search/follow-index.js';
import { openIndex } from '../search/open-index.js';
import { openWritableIndex, type WritableIndex, type WriteOptions } from '../search/writable-index.js';

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

type BothEmbedders = NonNullable<WriteOptions['embedder']>;

/** Opens an index with the model beside it, if there is one. */
async function openWithModel<I extends EmbeddedIndex>(
  folder: string,
  open: (embedder?: BothEmbedders) => Promise<I>,
): Promise<OpenSearch<I>> {
  if (!(await isFolder(modelFolder(folder)))) {
    const index = await open();
    return { index, modes: ['token'], close: () => index.close() };
  }
  const { loadModel } = await import('../../models/runtime/load-model.js');
  const model = await loadModel(modelFolder(folder));
  try {
    const index = await open(model);
    const close = async (): Promise<void> => {
      await index.close();
      await model.close();
    };
    return { index, embedder: model, modes: ['hybrid', 'vector', 'token'], close };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** @throws TandemError 'index/*', 'model/*' */
export const openSearch = (folder: string): Promise<OpenSearch> =>
  openWithModel(folder, embedder => openIndex(folder, { embedder }));

/** The same, following what another process writes to the index. @throws TandemError 'index/*', 'model/*' */
export const openFollowingSearch = (folder: string, options: Pick<FollowOptions, 'onFailure'>): Promise<OpenSearch> =>
  openWithModel(folder, embedder => followIndex(folder, { ...options, embedder }));

/** The same for writing too. @throws TandemError 'index/*', 'model/*' */
export const openWritableSearch = (
  folder: string,
  options: Pick<WriteOptions, 'onSaveFailure'>,
): Promise<OpenSearch<WritableIndex>> =>
  openWithModel(folder, embedder => openWritableIndex(folder, { ...options, embedder }));

/** Opens an index, uses it and closes it, whatever happens. */
export async function withSearch<T>(folder: string, use: (search: OpenSearch) => Promise<T>): Promise<T> {
  const search = await openSearch(folder);
  try {
    return await use(search);
  } finally {
    await search.close();
  }
}
