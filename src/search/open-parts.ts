import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { checkWritable } from '../files/atomic.js';
import type { SegmentLimits } from '../lexical/segment-list.js';
import { loadTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import { type DocumentStore, openDocumentStore } from '../store/document-store.js';
import type { OpenStoreOptions } from '../store/open-file.js';
import { loadVectorIndex } from '../vector/load-vector-index.js';
import type { VectorIndex } from '../vector/vector-index.js';
import { verifyChecksums } from './checksums.js';
import { type IndexRanker, loadRanker } from './index-ranker.js';
import { derivedFolders, type Manifest, partNames, readManifest } from './manifest.js';
import { replayChanges } from './replay.js';

/** The three parts of an index, brought up to the last commit of the store. */
export interface OpenParts {
  readonly manifest: Manifest;
  readonly store: DocumentStore;
  readonly tokens: TokenIndex;
  /** null without a model */
  readonly vectors: VectorIndex | null;
  /** null where it has none */
  readonly ranker: IndexRanker | null;
  /** last commit that tokens and vectors have seen when they were opened */
  readonly sequence: number;
}

/** Times that an opening starts again because a writer has saved newer parts meanwhile. */
const tries = 10;

/**
 * Opens the store of an index. It never shrinks, so a smaller file than the manifest names has lost its end.
 * @throws TandemError 'index/documents-damaged'; 'files/not-writable' for an opening that writes
 */
export async function openIndexStore(
  folder: string,
  manifest: Manifest,
  options: OpenStoreOptions,
): Promise<DocumentStore> {
  const path = join(folder, partNames.documents, 'data.mdb');
  const found = await stat(path).catch(() => undefined);
  const damaged = (reason: string): TandemError =>
    new TandemError('index/documents-damaged', `${path}: ${reason}`, { file: path });
  if (found === undefined) throw damaged('missing');
  if (found.size < manifest.store.bytes)
    throw damaged(`${found.size} bytes where at least ${manifest.store.bytes} belong`);
  if (!options.readOnly) await checkWritable(folder);
  return openDocumentStore(join(folder, partNames.documents), { ...options, existing: true });
}

/**
 * Loads the derived parts and replays into them what the store has received since.
 * @throws TandemError 'index/damaged' (names the file)
 */
export async function loadDerived(
  folder: string,
  manifest: Manifest,
  store: DocumentStore,
  limits?: SegmentLimits,
): Promise<Pick<OpenParts, 'tokens' | 'vectors' | 'sequence'>> {
  await verifyChecksums(folder, manifest.files);
  const at = derivedFolders(manifest.revision);
  const tokens = await loadTokenIndex(join(folder, at.tokens), limits);
  tokens.chains.setSynonyms(manifest.indexing.synonyms);
  const vectors = manifest.width === null ? null : await loadVectorIndex(join(folder, at.vectors));
  const sequence = replayChanges(store, manifest.store.sequence, tokens, vectors);
  return { tokens, vectors, sequence };
}

async function loadBeside(
  folder: string,
  manifest: Manifest,
  store: DocumentStore,
  openScorer: OpenPairScorer | undefined,
): Promise<OpenParts> {
  try {
    const ranker = await loadRanker(folder, manifest, openScorer);
    return { manifest, store, ranker, ...(await loadDerived(folder, manifest, store)) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Opens the parts for reading. A writer may save newer derived parts, and take away those that the manifest named, while they are read:
 * the opening then starts again from the new manifest.
 * @param check       refuses a manifest by throwing
 * @param openScorer  runs the network of a ranker
 * @throws TandemError 'index/not-found', 'index/damaged' (names the file), 'index/unsupported-version'
 */
export async function openParts(
  folder: string,
  check: (manifest: Manifest) => void,
  openScorer?: OpenPairScorer,
): Promise<OpenParts> {
  let manifest = await readManifest(folder);
  for (let attempt = 1; ; attempt++) {
    check(manifest);
    try {
      return await loadBeside(folder, manifest, await openIndexStore(folder, manifest, { readOnly: true }), openScorer);
    } catch (error) {
      const present = await readManifest(folder);
      if ((present.revision === manifest.revision && present.ranker === manifest.ranker) || attempt === tries)
        throw error;
      manifest = present;
    }
  }
}
