import { TandemError } from '../errors/tandem-error.js';
import { asFileError } from '../files/atomic.js';
import type { SegmentLimits } from '../lexical/segment-list.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import type { LiveVectors } from '../vector/live-vectors.js';
import { createQuantizedIndex } from '../vector/quantized-index.js';
import type { DocumentEmbedder, PictureEmbedder, QueryEmbedder, TextEmbedder } from './backend.js';
import { wantsGraph } from './derive.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { loadRanker } from './index-ranker.js';
import { indexFormat, type Manifest, readManifest, writeManifest } from './manifest.js';
import { checkModel, searchParts } from './open-index.js';
import { loadLive, type OpenParts, openIndexStore } from './open-parts.js';
import { removeOldParts } from './save-revision.js';
import type { Tenure } from './tenure.js';
import { tidyGenerations } from './tidy-generations.js';

/** Both sides of a model, and what is closed with it. */
export interface WritingModel {
  /** undefined for a generation of tokens alone */
  readonly embedder?: QueryEmbedder & DocumentEmbedder & Partial<PictureEmbedder>;
  close(): Promise<void>;
}

/** Opens the model of a generation. @param manifest  as it is for that generation */
export type OpenWritingModel = (folder: string, manifest: Manifest) => Promise<WritingModel>;

/** What is searched and written to: the parts of one generation and its model. */
export interface Written {
  readonly parts: OpenParts;
  /** the same as the vectors of the parts; null without a model */
  readonly live: LiveVectors | null;
  readonly model: WritingModel;
  readonly index: EmbeddedIndex;
}

/** The embedder that a generation is written with: none where it has no embeddings, whatever was given. */
export const embedderOf = ({ parts, model }: Written): WritingModel['embedder'] =>
  parts.manifest.modelId === null ? undefined : model.embedder;

/** Embeds with the model of the present generation, and keeps it open while it does. */
export function heldEmbedder({ current, using }: Tenure<Written>): TextEmbedder | undefined {
  const embedder = embedderOf(current);
  if (embedder === undefined) return undefined;
  const { modelId, width } = embedder;
  const embedPictures = embedder.embedPictures?.bind(embedder);
  return {
    modelId,
    width,
    embedQuery: query => using(() => embedder.embedQuery(query), current),
    embedDocuments: documents => using(() => embedder.embedDocuments(documents), current),
    ...(embedPictures && { embedPictures: pictures => using(() => embedPictures(pictures), current) }),
  };
}

/** Puts parts that are to be written to and their model together. */
export function writtenParts(
  parts: Omit<OpenParts, 'vectors'>,
  live: LiveVectors | null,
  model: WritingModel,
): Written {
  const whole = { ...parts, vectors: live };
  return { parts: whole, live, model, index: searchParts(whole, model.embedder) };
}

/** Closes all but the store, which other generations are in too. */
export async function closeWritten({ parts, live, model }: Written): Promise<void> {
  await live?.settled();
  live?.abandon();
  await live?.linked();
  await parts.ranker?.deep?.close();
  await model.close();
}

/** @throws TandemError 'index/model-mismatch' */
function checkWriting(folder: string, manifest: Manifest, { embedder }: WritingModel): void {
  checkModel(folder, manifest, embedder);
  if (manifest.modelId !== null && embedder === undefined)
    throw new TandemError('index/model-mismatch', `${folder} holds vectors: writing to it needs their model`);
}

/** The model of a generation, which fits it. */
export async function openFitting(folder: string, manifest: Manifest, open: OpenWritingModel): Promise<WritingModel> {
  const model = await open(folder, manifest);
  try {
    checkWriting(folder, manifest, model);
    return model;
  } catch (error) {
    await model.close();
    throw error;
  }
}

export interface OpenWrittenOptions {
  readonly openModel: OpenWritingModel;
  readonly segmentLimits?: SegmentLimits;
  readonly openScorer?: OpenPairScorer;
}

/** Opens the active generation for writing: claimed first, so that nobody else changes it meanwhile. */
export async function openWritten(
  folder: string,
  { openModel, segmentLimits, openScorer }: OpenWrittenOptions,
): Promise<Written> {
  const found = await readManifest(folder);
  const model = await openFitting(folder, found, openModel);
  try {
    const store = await openIndexStore(folder, found, {});
    try {
      await store.claim();
      const manifest = await readManifest(folder);
      if (manifest.generation !== found.generation)
        throw new TandemError('index/locked', `${folder}: another generation became the active one meanwhile`);
      // versions that cannot read the records that will be written are told so
      if (manifest.format < indexFormat) await writeManifest(folder, manifest);
      await removeOldParts(folder, manifest);
      await tidyGenerations(folder, store);
      const ranker = await loadRanker(folder, manifest, openScorer);
      const { vectors, ...derived } = await loadLive(folder, manifest, store, segmentLimits);
      return writtenParts({ manifest, store, ranker, ...derived }, vectors, model);
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await model.close();
    throw asFileError(folder, error);
  }
}

/** A graph is rebuilt when it has more tombstones than this and than embeddings. */
const fewTombstones = 1_000;

/** Makes the graph anew where it has become one of tombstones, or an exact index has outgrown itself. */
export function keepVectorsInShape(live: LiveVectors, { store, manifest }: OpenParts): void {
  if (live.busy) return;
  const { indexing } = manifest;
  const outgrown = live.kind === 'flat' && wantsGraph(live.size, indexing);
  if (!outgrown && live.tombstones <= Math.max(fewTombstones, live.size)) return;
  const ids = Array.from(store.documents(), ({ id }) => id);
  // a failure leaves the vectors as they are; the next commit tries again
  live
    .rebuild(
      () => createQuantizedIndex(live.width, indexing.hnsw),
      ids,
      id => store.embedding(id),
    )
    .catch(() => undefined);
}
