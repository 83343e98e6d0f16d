import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asFileError } from '../files/atomic.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { isGraph, type VectorIndex } from '../vector/vector-index.js';
import { checksumFolders } from './checksums.js';
import { derivedFolders, generationFolder, type Manifest, partNames, readManifest, writeManifest } from './manifest.js';

/** What is saved: the derived parts, and the last commit that they have seen. */
export interface Derived {
  readonly tokens: TokenIndex;
  readonly vectors: VectorIndex | null;
  readonly sequence: number;
}

/**
 * Saves the derived parts beside the present ones, switches the manifest over to them and takes the old ones away. Killed at any moment,
 * the index has either the old or the new ones, and the store still knows what commits the old ones lack; that it goes on knowing until
 * the next save, for readers that follow.
 * The caller holds the claim on writing. What is saved is the parts as they are at the call.
 * @throws TandemError 'files/disk-full' | 'files/write-failed' | 'index/replaced' | 'index/claim-lost'; the index is then as it was
 */
export async function saveRevision(
  folder: string,
  before: Manifest,
  store: DocumentStore,
  derived: Derived,
): Promise<Manifest> {
  return save(folder, before, store, derived).catch((error: unknown) => {
    throw asFileError(folder, error);
  });
}

async function save(folder: string, before: Manifest, store: DocumentStore, derived: Derived): Promise<Manifest> {
  const saved = await saveParts(folder, before.revision + 1, before.generation, derived);
  // read again: tuning may have written another fusion weight or other settings, or a ranker was set meanwhile
  const { indexing, tuned, golden, ranker, fusionClasses } = await readManifest(folder).catch(() => before);
  const manifest: Manifest = {
    ...before,
    // what the graph once found says nothing of a scan
    graph: isGraph(derived.vectors?.kind) ? before.graph : undefined,
    ...{ indexing, tuned, golden, ranker, fusionClasses },
    ...saved,
  };
  // what was made while the folder was taken away must not stand in the one that came in its place
  await store.checkClaim();
  await writeManifest(folder, manifest);
  await store.checkClaim(); // nor may anything of that one be taken for old
  await removeOldParts(folder, manifest);
  await store.trimChanges(before.store.sequence);
  return manifest;
}

/** What a manifest says of saved parts. */
export type SavedParts = Pick<Manifest, 'revision' | 'documents' | 'nothingToEmbed' | 'store' | 'files'>;

/**
 * Saves derived parts under the number of a revision that is not there yet. No manifest names them before it is written. What is saved is the parts as
 * they are at the call.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function saveParts(
  folder: string,
  revision: number,
  generation: number,
  { tokens, vectors, sequence }: Derived,
): Promise<SavedParts> {
  const at = derivedFolders(revision, generation);
  const documents = tokens.size;
  // vectors of a generation that is being switched to may still have what the tokens have no longer
  const nothingToEmbed = vectors === null ? 0 : Math.max(0, documents - vectors.size);
  await settleAll([tokens.save(join(folder, at.tokens)), vectors?.save(join(folder, at.vectors))]);
  const files = await checksumFolders(folder, vectors === null ? [at.tokens] : [at.tokens, at.vectors]);
  const { size: bytes } = await stat(join(folder, partNames.documents, 'data.mdb'));
  return { revision, documents, nothingToEmbed, store: { sequence, bytes }, files };
}

/** Waits for all, so that nothing is still being written when a failure is told. */
async function settleAll(work: readonly (Promise<void> | undefined)[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

/** Removes derived parts of other revisions, and what killed saves left behind. The caller holds the claim on writing. */
export async function removeOldParts(folder: string, manifest: Manifest): Promise<void> {
  const { tokens, vectors } = derivedFolders(manifest.revision, manifest.generation);
  const unfinished = new RegExp(`^${partNames.manifest.replace('.', '\\.')}\\..*\\.tmp$`);
  await removeOthers(folder, name => (isPart(name, partNames.tokens) && name !== tokens) || unfinished.test(name));
  // those of other generations stand in other folders
  const own = generationFolder(folder, manifest.generation);
  await removeOthers(own, name => isPart(name, partNames.vectors) && name !== basename(vectors));
}

/** Whether a name is of a revision of a part, also of an unfinished one. */
const isPart = (name: string, part: string): boolean => name === part || name.startsWith(`${part}.`);

async function removeOthers(folder: string, isOld: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder))
    if (isOld(name)) await rm(join(folder, name), { recursive: true, force: true });
}
