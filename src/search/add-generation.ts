import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically } from '../files/atomic.js';
import { tidyPlace } from '../files/interrupted-swap.js';
import type { DocumentStore } from '../store/document-store.js';
import type { DocumentEmbedder, QueryEmbedder } from './backend.js';
import { catchUp, catchUpTo, embedRows } from './catch-up.js';
import { checksumFolders } from './checksums.js';
import { claimIndex } from './claim-index.js';
import { vectorsOf } from './derive.js';
import { dropFrom } from './drop-generation.js';
import {
  type Generation,
  generationOf,
  isReady,
  readGeneration,
  readGenerations,
  writeGeneration,
  writeGenerationIn,
} from './generation.js';
import {
  derivedFolders,
  generationFolder,
  indexFormat,
  type Manifest,
  readManifest,
  writeManifest,
} from './manifest.js';
import { measureGraph } from './measure-graph.js';
import { openIndexStore } from './open-parts.js';
import { tidyGenerations } from './tidy-generations.js';

/** What is being done, and how far it is. */
export type GenerationStage = 'embedding' | 'catching up' | 'indexing';

export interface AddGenerationOptions {
  /** without its query side the graph of vectors is not checked */
  readonly embedder: DocumentEmbedder & Partial<QueryEmbedder>;
  /** how much vectors count beside tokens, until it is tuned */
  readonly fusionWeight: number;
  /** Puts a copy of the model into the folder of the generation. */
  readonly addParts: (folder: string) => Promise<void>;
  /** @throws to end the work, which goes on there the next time */
  readonly onProgress?: (stage: GenerationStage, done: number, total: number) => void;
}

const batchSize = 256;

/**
 * Adds a generation to an index: embeds all documents with another model and makes vectors of them, beside what is searched and written to, by whatever
 * process. What is written meanwhile is embedded too. Ended at any moment, by a signal as well, the same call goes on where it stopped; what is embedded stays so.
 * @returns the generation, ready to be switched to
 * @throws TandemError 'generation/exists' where the index has one of this model, 'generation/unfinished' where one of another model was begun,
 *   'generation/busy' | 'index/*', and what the embedder throws; 'files/disk-full' | 'files/write-failed': then what was made is taken away again
 */
export async function addGeneration(folder: string, options: AddGenerationOptions): Promise<Generation> {
  const manifest = await inPresentFormat(folder);
  const root = await openIndexStore(folder, manifest, {});
  try {
    await tidyGenerations(folder, root);
    const number = await numberFor(folder, root, options.embedder);
    const release = await root.generations.claim(number);
    try {
      await begin(folder, number, root, options);
      return await finish(folder, number, root.ofGeneration(number), options);
    } catch (error) {
      if (error instanceof TandemError && isOfDisk(error)) await dropFrom(folder, root, number).catch(() => undefined);
      throw error;
    } finally {
      await release();
    }
  } finally {
    await root.close();
  }
}

const isOfDisk = ({ code }: TandemError): boolean => code === 'files/disk-full' || code === 'files/write-failed';

/** Versions that know of one generation only are told so, before there is another. @throws TandemError 'index/locked' */
async function inPresentFormat(folder: string): Promise<Manifest> {
  const found = await readManifest(folder);
  if (found.format >= indexFormat) return found;
  const release = await claimIndex(folder);
  try {
    await writeManifest(folder, await readManifest(folder));
    return await readManifest(folder);
  } finally {
    await release();
  }
}

/** The number of the one that was begun with this model, or a new one. */
async function numberFor(folder: string, root: DocumentStore, { modelId }: DocumentEmbedder): Promise<number> {
  const { manifest, generations } = await readGenerations(folder);
  const same = generations.find(generation => generation.modelId === modelId);
  if (same !== undefined && (same.number === manifest.generation || isReady(same)))
    throw new TandemError('generation/exists', `${folder}: generation ${same.number} was made with this model`, {
      number: same.number,
    });
  const begun = generations.find(generation => !isReady(generation));
  if (begun !== undefined && begun !== same)
    throw new TandemError(
      'generation/unfinished',
      `${folder}: generation ${begun.number} was begun with model ${begun.modelId?.slice(0, 12)} and is not finished`,
      { number: begun.number },
    );
  return begun?.number ?? Math.max(root.generations.nextNumber(), ...generations.map(({ number }) => number + 1));
}

/** Makes the folder of the generation with its model, whole or not at all, and notes it in the store, unless that was done before. */
async function begin(
  folder: string,
  number: number,
  root: DocumentStore,
  { embedder: { modelId, width }, fusionWeight, addParts }: AddGenerationOptions,
): Promise<void> {
  const own = generationFolder(folder, number).replace(/\/$/, '');
  const isThere = await readGeneration(folder, number).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const active = generationOf(await readManifest(folder));
    const { format, settings } = active;
    await mkdir(dirname(own), { recursive: true });
    await tidyPlace(own);
    await writeFolderAtomically(own, async unfinished => {
      await addParts(unfinished);
      const created = new Date().toISOString();
      const of = { modelId, width, nothingToEmbed: 0, settings: { ...settings, fusionWeight } };
      await writeGenerationIn(unfinished, { format, number, created, ...of });
    });
  }
  if (root.generations.state(number) === undefined) await root.generations.begin(number, width);
}

/** Embeds what is not embedded yet, makes the vectors and describes them: from then on it is ready. */
async function finish(
  folder: string,
  number: number,
  store: DocumentStore,
  { embedder, onProgress = () => undefined }: AddGenerationOptions,
): Promise<Generation> {
  await embedAll(store, embedder, (done, total) => onProgress('embedding', done, total));
  const told = (done: number, total: number): void => onProgress('catching up', done, total);
  await catchUpTo(batchSize, store, { embedder, batch: batchSize, onProgress: told });
  const { indexing } = await readManifest(folder);
  onProgress('indexing', 0, store.count());
  const vectors = await vectorsOf(store, embedder.width, indexing);
  onProgress('indexing', store.count(), store.count());
  await catchUp(store, { embedder, vectors, batch: batchSize, onProgress: told });
  const graph = embedder.embedQuery && (await measureGraph(vectors, store, embedder.embedQuery, indexing.hnsw.ef));
  const at = derivedFolders(0, number).vectors;
  const sequence = store.seen() ?? 0;
  await vectors.save(join(folder, at));
  const generation: Generation = {
    ...(await readGeneration(folder, number)),
    ...(graph && { graph }),
    nothingToEmbed: Math.max(0, store.count() - vectors.size),
    vectors: { revision: 0, sequence, files: await checksumFolders(folder, [at]) },
  };
  await writeGeneration(folder, generation);
  await store.generations.write(number, [], { kept: sequence });
  return generation;
}

/** Every document once, in the order of the ids, from where it was ended. What a batch has embedded is on disk before the next one. */
async function embedAll(
  store: DocumentStore,
  embedder: DocumentEmbedder,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { generation, generations } = store;
  for (;;) {
    const adding = generations.state(generation)?.adding;
    if (adding === undefined) return;
    const { after, done } = adding;
    onProgress(done, Math.max(done, store.count()));
    const rows = store.documentsAfter(after, batchSize);
    const embedded = await embedRows(rows, embedder);
    const last = rows.at(-1);
    const next = last && { after: last.id, done: done + rows.length };
    await generations.write(generation, embedded, { adding: next });
    await nextTurn();
  }
}
