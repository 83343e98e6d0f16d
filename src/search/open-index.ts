import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { loadTokenIndex } from '../lexical/token-index.js';
import { type DocumentStore, openDocumentStore } from '../store/document-store.js';
import { createFlatIndex } from '../vector/flat-index.js';
import { loadVectorIndex, type VectorIndex } from '../vector/vector-index.js';
import type { QueryEmbedder } from './backend.js';
import { verifyChecksums } from './checksums.js';
import { createEmbeddedIndex, type EmbeddedIndex } from './embedded-backend.js';
import { createFilterCache } from './filter-cache.js';
import { type Manifest, parts, readManifest } from './manifest.js';
import { cacheEmbeddings } from './query-cache.js';
import { replayChanges } from './replay.js';

/** A query of one model never meets documents of another. */
function checkModel(folder: string, manifest: Manifest, embedder: QueryEmbedder | undefined): void {
  if (embedder === undefined || manifest.modelId === null) return;
  if (manifest.modelId !== embedder.modelId || manifest.width !== embedder.width) {
    throw new TandemError(
      'index/model-mismatch',
      `${folder} was made with model ${manifest.modelId.slice(0, 12)} of width ${manifest.width}, not ${embedder.modelId.slice(0, 12)} of width ${embedder.width}`,
      { index: manifest.modelId, model: embedder.modelId },
    );
  }
}

/** LMDB ends the process when it reads past the end of a file that was cut off: its size is looked at first. */
async function openStore(folder: string, manifest: Manifest): Promise<DocumentStore> {
  const path = join(folder, parts.documents, 'data.mdb');
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && found.size < manifest.store.bytes) {
    const message = `${path}: ${found.size} bytes where at least ${manifest.store.bytes} belong`;
    throw new TandemError('index/damaged', message, { file: path });
  }
  return openDocumentStore(join(folder, parts.documents), { readOnly: true });
}

/** Reads all embeddings of the store into an exact index when it is first asked. */
function lazyExactVectors(store: DocumentStore, vectors: VectorIndex | null): () => VectorIndex | null {
  if (vectors === null || vectors.kind === 'flat') return () => vectors;
  let exact: VectorIndex | undefined;
  return () => {
    if (exact !== undefined) return exact;
    exact = createFlatIndex(vectors.width);
    for (const { id, embedding } of store.entries()) if (embedding !== undefined) exact.add([id], embedding);
    return exact;
  };
}

/**
 * Opens an index for searching. Several may be open in one process, also the same one twice.
 * @param options.embedder  query side of the model that the index was made with; without it only `token` searches are answered
 * @throws TandemError 'index/not-found', 'index/damaged' (names the file), 'index/unsupported-version', 'index/model-mismatch'
 */
export async function openIndex(folder: string, options: { embedder?: QueryEmbedder } = {}): Promise<EmbeddedIndex> {
  const manifest = await readManifest(folder);
  checkModel(folder, manifest, options.embedder);
  await verifyChecksums(folder, manifest.files);
  const tokens = await loadTokenIndex(join(folder, parts.tokens));
  const vectors = manifest.width === null ? null : await loadVectorIndex(join(folder, parts.vectors));
  const store = await openStore(folder, manifest);
  try {
    replayChanges(store, manifest.store.sequence, tokens, vectors);
  } catch (error) {
    await store.close();
    throw error;
  }
  return createEmbeddedIndex({
    manifest,
    store,
    tokens,
    vectors,
    filters: createFilterCache(store),
    exactVectors: lazyExactVectors(store, vectors),
    embedQuery: options.embedder === undefined ? null : cacheEmbeddings(options.embedder),
  });
}
