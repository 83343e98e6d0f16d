import { cp, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { syncFolder, writeFolderAtomically, writeWhole } from '../files/atomic.js';
import { readFolderFile } from '../files/interrupted-swap.js';
import { openSealedJson, sealedJson } from '../files/sealed-json.js';
import { openDocumentStore } from '../store/document-store.js';
import { checksumFiles, verifyChecksums } from './checksums.js';
import { isReady, readGenerations } from './generation.js';
import { derivedFolders, generationFolder, type Manifest, partNames, readManifest, writeManifest } from './manifest.js';
import { openIndexStore } from './open-parts.js';
import { changedSince } from './replay.js';

const fileName = 'snapshot.json';
/** LMDB's table of readers belongs to one place and one time. */
const lockFile = 'lock.mdb';
/** Times that a snapshot starts again because a writer has saved newer parts meanwhile. */
const tries = 10;

const snapshotSchema = z.strictObject({
  format: z.literal(1),
  created: z.iso.datetime(),
  /** last commit inside */
  sequence: z.int().min(0),
  /** every file of the snapshot */
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string().length(64) })),
});

/** snapshot.json: what a snapshot holds and what its files must look like. */
export type Snapshot = z.infer<typeof snapshotSchema>;

const copiedOtherwise = new RegExp(
  `^(?:${partNames.documents}$|${partNames.generations}$|(?:${partNames.tokens}|${partNames.vectors})(?:\\.|$)|manifest\\.json)`,
);

/** What stands beside the parts: model, pictures, places, the tuned fusion. Of a generation the same. */
async function copyCompanions(folder: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of await readdir(folder)) {
    if (copiedOtherwise.test(name) || name === fileName || /\.(?:tmp|old)$/.test(name)) continue;
    await cp(join(folder, name), join(target, name), { recursive: true });
  }
}

/** What belongs to each generation that is ready, and the vectors of those that are not active; one that is being added is left out. */
async function copyGenerations(folder: string, target: string, { generation: active }: Manifest): Promise<void> {
  await rm(join(target, partNames.generations), { recursive: true, force: true });
  for (const { number, modelId, vectors } of (await readGenerations(folder)).generations) {
    if (!isReady({ modelId, vectors })) continue;
    if (number > 0) await copyCompanions(generationFolder(folder, number), generationFolder(target, number));
    if (number === active || vectors === undefined) continue;
    const at = derivedFolders(vectors.revision, number).vectors;
    await rm(join(target, at), { recursive: true, force: true });
    await cp(join(folder, at), join(target, at), { recursive: true });
    await verifyChecksums(target, vectors.files);
  }
}

/** Copies derived parts first and the store after them, so that the store knows every commit that they lack. @returns last commit inside */
async function copyParts(folder: string, target: string, manifest: Manifest): Promise<number> {
  await copyGenerations(folder, target, manifest);
  const at = derivedFolders(manifest.revision, manifest.generation);
  for (const name of manifest.width === null ? [at.tokens] : [at.tokens, at.vectors]) {
    await rm(join(target, name), { recursive: true, force: true });
    await cp(join(folder, name), join(target, name), { recursive: true });
  }
  await verifyChecksums(target, manifest.files);
  const copy = join(target, partNames.documents);
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  const store = await openIndexStore(folder, manifest, { readOnly: true });
  await store.backup(copy).finally(() => store.close());
  const { size: bytes } = await stat(join(copy, 'data.mdb'));
  await writeManifest(target, { ...manifest, store: { ...manifest.store, bytes } });
  const copied = await openDocumentStore(copy, { readOnly: true });
  try {
    changedSince(copied, manifest.store.sequence);
    if (copied.ofGeneration(manifest.generation).seen() !== copied.sequence())
      throw new TandemError('index/damaged', `${folder}: another generation became the active one meanwhile`);
    return copied.sequence();
  } finally {
    await copied.close();
    await rm(join(copy, lockFile), { force: true });
  }
}

async function copyConsistently(folder: string, target: string): Promise<number> {
  let manifest = await readManifest(folder);
  for (let attempt = 1; ; attempt++) {
    try {
      return await copyParts(folder, target, manifest);
    } catch (error) {
      const present = await readManifest(folder);
      if (present.revision === manifest.revision || attempt === tries) throw error;
      for (const name of Object.values(derivedFolders(manifest.revision, manifest.generation)))
        await rm(join(target, name), { recursive: true, force: true });
      manifest = present;
    }
  }
}

/** Flushes every file of a folder, and the folders, to disk. */
async function syncTree(root: string, files: readonly string[]): Promise<void> {
  for (const name of files) {
    const handle = await open(join(root, name), 'r');
    await handle.sync().finally(() => handle.close());
  }
  for (const folder of new Set(files.map(name => dirname(join(root, name))))) await syncFolder(folder);
}

/**
 * Copies an index as it is at one moment, while others search it and write to it; with a checksum of every file. A snapshot is an index too.
 * @param out  a folder; what it holds is replaced when the new one is whole
 * @throws TandemError 'index/not-found', 'index/damaged' (names the file), 'files/disk-full', 'files/write-failed'
 */
export async function takeSnapshot(folder: string, out: string): Promise<Snapshot> {
  await readManifest(folder);
  const taken: Snapshot[] = [];
  await writeFolderAtomically(out, async target => {
    const sequence = await copyConsistently(folder, target);
    await copyCompanions(folder, target);
    const files = await checksumFiles(target);
    await syncTree(target, Object.keys(files));
    const snapshot: Snapshot = { format: 1, created: new Date().toISOString(), sequence, files };
    await writeWhole(join(target, fileName), sealedJson(snapshot, 2));
    taken.push(snapshot);
  });
  return taken[0];
}

/** @throws TandemError 'data/not-found' | 'files/damaged' */
export async function readSnapshot(folder: string): Promise<Snapshot> {
  const path = join(folder, fileName);
  const text = await readFolderFile(folder, fileName).catch((error: unknown) => {
    if (error instanceof TandemError) throw error;
    throw new TandemError('data/not-found', `${folder}: no snapshot here`, { folder }, { cause: error });
  });
  try {
    return snapshotSchema.parse(openSealedJson(text));
  } catch (error) {
    throw new TandemError('files/damaged', `${path}: not what a snapshot says of itself`, { path }, { cause: error });
  }
}

/**
 * Makes an index of a snapshot. The copy is compared with the checksums that were taken, so that damage on either side is found.
 * @param out  a folder; what it holds is replaced when the new one is whole
 * @throws TandemError 'data/not-found', 'files/damaged' | 'index/damaged' (names the file), 'files/*'
 */
export async function restoreSnapshot(snapshot: string, out: string): Promise<Snapshot> {
  const found = await readSnapshot(snapshot);
  await writeFolderAtomically(out, async target => {
    for (const name of Object.keys(found.files)) {
      const from = join(snapshot, name);
      await cp(from, join(target, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        throw new TandemError('files/damaged', `${from}: missing`, { path: from }, { cause: error });
      });
    }
    await verifyCopies(snapshot, target, found);
    await syncTree(target, Object.keys(found.files));
  });
  return found;
}

/** Damage is told of the file in the snapshot, not of its copy, which is gone by then. */
async function verifyCopies(snapshot: string, target: string, { files }: Snapshot): Promise<void> {
  for (const [name, checksum] of Object.entries(files)) {
    await verifyChecksums(target, { [name]: checksum }).catch((error: unknown) => {
      const path = join(snapshot, name);
      throw new TandemError(
        'files/damaged',
        `${path}: altered since the snapshot was taken`,
        { path },
        { cause: error },
      );
    });
  }
}
