import { rm } from 'node:fs/promises';
import type { DocumentStore, OnDamage } from '../store/document-store.js';
import type { DocumentEmbedder, QueryEmbedder } from './backend.js';
import { tokensOf, vectorsOf } from './derive.js';
import { type Manifest, readManifest, writeManifest } from './manifest.js';
import { measureGraph } from './measure-graph.js';
import { checkModel } from './open-index.js';
import { openIndexStore } from './open-parts.js';
import { saveRevision } from './save-revision.js';
import { curvePath, readFusionCurve } from './tuned-fusion.js';

const batchSize = 256;

/** Documents that have no embedding of the right width, or an altered one, get one. */
async function embedMissing(store: DocumentStore, embedder: DocumentEmbedder): Promise<void> {
  const altered: OnDamage = (id, what) => {
    // a document that is altered cannot be mended: reading it says so
    if (what === 'document') store.get(id);
  };
  const without = Array.from(store.entries(altered))
    .filter(({ embedding }) => embedding?.length !== embedder.width || !embedding.every(Number.isFinite))
    .map(({ document }) => document);
  for (let from = 0; from < without.length; from += batchSize) {
    const batch = without.slice(from, from + batchSize);
    await store.put(batch, await embedder.embedDocuments(batch));
  }
}

/** Its weight is in the manifest: a curve that cannot be read is only taken away. */
async function dropDamagedCurve(folder: string, manifest: Manifest): Promise<Manifest> {
  try {
    await readFusionCurve(folder);
    return manifest;
  } catch {
    await rm(curvePath(folder, manifest), { force: true });
    const { tuned: _, ...untuned } = manifest;
    await writeManifest(folder, untuned);
    return untuned;
  }
}

/**
 * Makes the tokens and vectors of an index anew from its store and switches over to them; the store is the truth and stays as it is,
 * but for embeddings that are missing or altered. A curve of the fusion that is altered is taken away.
 * @param embedder  document side of the model; without it documents that lack an embedding go on lacking it
 * @throws TandemError 'index/locked', 'index/manifest-damaged', 'index/documents-damaged', 'index/model-mismatch', 'files/*'
 */
export async function repairIndex(
  folder: string,
  embedder?: DocumentEmbedder & Partial<QueryEmbedder>,
): Promise<Manifest> {
  const found = await readManifest(folder);
  checkModel(folder, found, embedder);
  const store = await openIndexStore(folder, found, {});
  try {
    await store.claim();
    const manifest = await readManifest(folder);
    const { width, indexing } = manifest;
    if (width !== null && embedder !== undefined) await embedMissing(store, embedder);
    const sequence = store.sequence();
    const tokens = tokensOf(store, indexing);
    const vectors = width === null ? null : await vectorsOf(store, width, indexing);
    const graph =
      vectors === null || embedder?.embedQuery === undefined
        ? undefined
        : await measureGraph(vectors, store, embedder.embedQuery, indexing.hnsw.ef);
    const saved = await saveRevision(folder, { ...manifest, graph }, store, {
      tokens,
      vectors,
      sequence,
    });
    await store.trimChanges(sequence); // what commits touched may be altered too
    return await dropDamagedCurve(folder, saved);
  } finally {
    await store.close();
  }
}
