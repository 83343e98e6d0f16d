import type { DocumentStore } from '../store/document-store.js';
import type { DocumentEmbedder } from './backend.js';
import { tokensOf, vectorsOf } from './derive.js';
import { type Manifest, readManifest } from './manifest.js';
import { checkModel } from './open-index.js';
import { openIndexStore } from './open-parts.js';
import { saveGeneration } from './save-generation.js';

const batchSize = 256;

/** Documents that have no embedding of the right width get one. */
async function embedMissing(store: DocumentStore, embedder: DocumentEmbedder): Promise<void> {
  const without = Array.from(store.entries())
    .filter(({ embedding }) => embedding?.length !== embedder.width || !embedding.every(Number.isFinite))
    .map(({ document }) => document);
  for (let from = 0; from < without.length; from += batchSize) {
    const batch = without.slice(from, from + batchSize);
    await store.put(batch, await embedder.embedDocuments(batch));
  }
}

/**
 * Makes the tokens and vectors of an index anew from its store and switches over to them; the store is the truth and stays as it is,
 * but for embeddings that are missing.
 * @param embedder  document side of the model; without it documents that lack an embedding go on lacking it
 * @throws TandemError 'index/locked', 'index/damaged' when the manifest or the store cannot be read, 'index/model-mismatch', 'files/*'
 */
export async function repairIndex(folder: string, embedder?: DocumentEmbedder): Promise<Manifest> {
  const found = await readManifest(folder);
  checkModel(folder, found, embedder);
  const store = await openIndexStore(folder, found, false);
  try {
    await store.claim();
    const manifest = await readManifest(folder);
    const { width, indexing } = manifest;
    if (width !== null && embedder !== undefined) await embedMissing(store, embedder);
    const sequence = store.sequence();
    const tokens = tokensOf(store, indexing);
    const vectors = width === null ? null : vectorsOf(store, width, indexing);
    return await saveGeneration(folder, manifest, store, { tokens, vectors, sequence });
  } finally {
    await store.close();
  }
}
