import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { checkWritable } from '../files/atomic.js';
import type { SegmentLimits } from '../lexical/segment-list.js';
import { loadTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import { type DocumentStore, openDocumentStore } from '../store/document-store.js';
import type { OpenStoreOptions } from '../store/open-file.js';
import { selfChecked } from '../vector/graph-file.js';
import { LiveVectors } from '../vector/live-vectors.js';
import { loadVectorIndex } from '../vector/load-vector-index.js';
import type { VectorIndex } from '../vector/vector-index.js';
import { verifyChecksums } from './checksums.js';
import { type Generation, isReady, manifestWith, readGeneration } from './generation.js';
import { type IndexRanker, loadRanker } from './index-ranker.js';
import { derivedFolders, type Manifest, partNames, readManifest } from './manifest.js';
import { changedSince, replayChanges, replayDocuments } from './replay.js';
import { inTurns } from './turns.js';

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
  const store = await openDocumentStore(join(folder, partNames.documents), { ...options, existing: true });
  return store.ofGeneration(manifest.generation);
}

type Derived = Pick<OpenParts, 'tokens' | 'vectors' | 'sequence'>;

/**
 * Loads the derived parts and replays into them what the store has received since.
 * @throws TandemError 'index/damaged' (names the file)
 */
async function loadDerived(folder: string, manifest: Manifest, store: DocumentStore): Promise<Derived> {
  const { tokens, vectors } = await loadSaved(folder, manifest);
  return { tokens, vectors, sequence: replayChanges(store, manifest.store.sequence, tokens, vectors) };
}

/**
 * The same for whoever answers while it is open: searches find everything, and a graph links the embeddings behind them. To link one takes four times as long as
 * all else that is replayed of a document.
 * @throws TandemError 'index/damaged' (names the file)
 */
export async function loadLive(
  folder: string,
  manifest: Manifest,
  store: DocumentStore,
  limits?: SegmentLimits,
): Promise<Derived & { readonly vectors: LiveVectors | null }> {
  const { tokens, vectors: saved } = await loadSaved(folder, manifest, limits);
  const vectors = saved && new LiveVectors(saved);
  const replay = (): number => replayChanges(store, manifest.store.sequence, tokens, vectors);
  return { tokens, vectors, sequence: vectors === null ? replay() : vectors.addingLater(replay) };
}

async function loadSaved(
  folder: string,
  manifest: Manifest,
  limits?: SegmentLimits,
): Promise<Omit<Derived, 'sequence'>> {
  const tokens = await loadTokens(folder, manifest, limits);
  const at = derivedFolders(manifest.revision, manifest.generation);
  return { tokens, vectors: manifest.width === null ? null : await loadVectorIndex(join(folder, at.vectors)) };
}

/** Files that an opening has to check: all but those whose readers do. */
function filesToCheck(files: Manifest['files']): Manifest['files'] {
  const names = Object.keys(files);
  const checked = selfChecked(names.map(name => posix.basename(name)));
  return Object.fromEntries(Object.entries(files).filter(([name]) => !checked.includes(posix.basename(name))));
}

/** The tokens as they were saved, once all files of the manifest are found whole. */
async function loadTokens(folder: string, manifest: Manifest, limits?: SegmentLimits): Promise<TokenIndex> {
  await verifyChecksums(folder, filesToCheck(manifest.files));
  const tokens = await loadTokenIndex(join(folder, derivedFolders(manifest.revision).tokens), limits);
  tokens.chains.setSynonyms(manifest.indexing.synonyms);
  return tokens;
}

/**
 * Loads the saved vectors of a generation that is not active, and replays into them what its embeddings have learnt since.
 * @param store  with its embeddings
 * @throws TandemError 'index/damaged' (names the file)
 */
export async function loadOtherVectors(
  folder: string,
  { number, width, vectors: saved }: Generation,
  store: DocumentStore,
): Promise<VectorIndex | null> {
  if (width === null || saved === undefined) return null;
  await verifyChecksums(folder, filesToCheck(saved.files));
  const vectors = await loadVectorIndex(join(folder, derivedFolders(saved.revision, number).vectors));
  await inTurns(replayDocuments(store, changedSince(store, saved.sequence), null, vectors));
  return vectors;
}

export interface OpenPartsOptions {
  /** runs the network of a ranker */
  readonly openScorer?: OpenPairScorer;
  /** the active one when absent */
  readonly generation?: number;
  /** for whoever answers while it is open, see loadLive; of the active generation alone */
  readonly live?: boolean;
}

async function loadBeside(
  folder: string,
  manifest: Manifest,
  other: Generation | undefined,
  store: DocumentStore,
  { openScorer, live }: OpenPartsOptions,
): Promise<OpenParts> {
  try {
    const ranker = await loadRanker(folder, manifest, openScorer);
    const load = live ? loadLive : loadDerived;
    if (other === undefined) return { manifest, store, ranker, ...(await load(folder, manifest, store)) };
    const vectors = await loadOtherVectors(folder, other, store);
    const tokens = await loadTokens(folder, manifest);
    const sequence = replayChanges(store, manifest.store.sequence, tokens, null);
    return { manifest, store, ranker, tokens, vectors, sequence };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What is opened: the manifest, and the generation where that is not the active one. */
async function readOpened(folder: string, generation: number | undefined) {
  const manifest = await readManifest(folder);
  if (generation === undefined || generation === manifest.generation) return { manifest, other: undefined };
  const other = await readGeneration(folder, generation);
  if (!isReady(other))
    throw new TandemError('generation/unfinished', `${folder}: generation ${generation} is not finished`);
  return { manifest: manifestWith(manifest, other), other };
}

/**
 * Opens the parts for reading. A writer may save newer derived parts, and take away those that the manifest named, while they are read:
 * the opening then starts again from the new manifest.
 * @param check  refuses a manifest by throwing
 * @throws TandemError 'index/not-found', 'index/damaged' (names the file), 'index/unsupported-version', 'generation/unknown' | 'generation/unfinished'
 */
export async function openParts(
  folder: string,
  check: (manifest: Manifest) => void,
  options: OpenPartsOptions = {},
): Promise<OpenParts> {
  const { generation } = options;
  let found = await readOpened(folder, generation);
  for (let attempt = 1; ; attempt++) {
    const { manifest, other } = found;
    check(manifest);
    try {
      const store = await openIndexStore(folder, manifest, { readOnly: true });
      return await loadBeside(folder, manifest, other, store, options);
    } catch (error) {
      found = await readOpened(folder, generation);
      const isSame = JSON.stringify(filesOf(found)) === JSON.stringify(filesOf({ manifest, other }));
      if (isSame || attempt === tries) throw error;
    }
  }
}

/** What tells the files of one opening from those of another. */
const filesOf = ({ manifest, other }: { readonly manifest: Manifest; readonly other?: Generation }) => [
  ...[manifest.revision, manifest.generation, manifest.ranker, other?.vectors?.revision],
];
