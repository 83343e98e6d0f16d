import { resolve } from 'node:path';
import { readModelManifest } from '../../models/runtime/artefact.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { imageLimitOf, openModelImages } from '../../models/runtime/model-images.js';
import { type BatchEmbedder, embedHere, embedInWorkers } from './embed-rows.js';
import type { ShardTask } from './shard-task.js';

/** A model that shards are embedded with. */
export interface WorkerModel {
  readonly embedder: BatchEmbedder;
  /** D */
  readonly width: number;
  close(): Promise<void>;
}

export interface BorrowedModel extends Pick<WorkerModel, 'embedder' | 'width'> {
  release(): void;
}

/** The models of a worker: opened when a shard wants one, kept until a shard wants another. */
export interface WorkerModels {
  /** @returns undefined where the model of the task is not here @throws TandemError 'model/*' | 'data/*' */
  borrow(task: ShardTask): Promise<BorrowedModel | undefined>;
  close(): Promise<void>;
}

interface Shelved {
  readonly opened: Promise<WorkerModel>;
  borrowed: number;
}

/**
 * @param given    folder of a model that stands in for those of tasks that name the same one
 * @param threads  that embed at once
 */
export function workerModels(given: string | undefined, threads: number): WorkerModels {
  const shelf = new Map<string, Shelved>();
  const closeAll = (but?: string): Promise<unknown> => {
    const idle = [...shelf].filter(([key, { borrowed }]) => key !== but && borrowed === 0);
    for (const [key] of idle) shelf.delete(key);
    return Promise.all(idle.map(async ([, { opened }]) => (await opened.catch(() => undefined))?.close()));
  };
  return {
    async borrow({ model, modelId, pictures }) {
      const folder = await firstOf([...(given === undefined ? [] : [given]), model], modelId);
      if (folder === undefined) return undefined;
      const key = JSON.stringify([resolve(folder), modelId, pictures]);
      const shelved = shelf.get(key) ?? { opened: openModel(folder, pictures, threads), borrowed: 0 };
      shelf.set(key, shelved);
      shelved.borrowed++;
      try {
        await closeAll(key);
        const { embedder, width } = await shelved.opened;
        return { embedder, width, release: () => void shelved.borrowed-- };
      } catch (error) {
        shelf.delete(key);
        throw error;
      }
    },
    close: async () => void (await closeAll()),
  };
}

/** The first of these folders that holds the model of an id. */
async function firstOf(folders: readonly string[], modelId: string): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await readModelManifest(folder).catch(() => undefined);
    if (found?.modelId === modelId) return folder;
  }
  return undefined;
}

async function openModel(folder: string, pictures: string | undefined, threads: number): Promise<WorkerModel> {
  const images = await openModelImages(folder, { root: pictures });
  const source = images?.source;
  const [limit, model] = await Promise.all([
    imageLimitOf(folder),
    loadModel(folder, { threads: 1, images: source }),
  ]).catch(async (error: unknown) => {
    // a shard of a model that cannot be read is tried several times
    await images?.close();
    throw error;
  });
  const ofWorkers = source === undefined || limit === undefined ? undefined : { source, limit };
  const embedder = threads === 1 ? embedHere(model) : embedInWorkers(folder, threads, ofWorkers);
  const close = async (): Promise<void> => {
    await embedder.close();
    await model.close();
    await images?.close();
  };
  return { embedder, width: model.width, close };
}
