import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentRow } from '../config/rows.js';
import { asTandemError, TandemError } from '../errors/tandem-error.js';
import { asFileError } from '../files/atomic.js';
import type { SegmentLimits } from '../lexical/segment-list.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import type { DocumentStore } from '../store/document-store.js';
import type { StoreChange } from '../store/encode-change.js';
import { passOverDamage } from '../store/pass-over-damage.js';
import { checkDictionary, type DictionaryWord } from '../text/dictionary.js';
import { LiveVectors } from '../vector/live-vectors.js';
import { checkRows } from '../vector/persist.js';
import { createQuantizedIndex } from '../vector/quantized-index.js';
import type { DictionaryChange, DictionaryWriter, DocumentEmbedder, DocumentWriter, QueryEmbedder } from './backend.js';
import { startBackgroundSave } from './background-save.js';
import { changeDictionary } from './change-dictionary.js';
import { checkDocument, checkId, checkPatch } from './check-document.js';
import { wantsGraph } from './derive.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { loadRanker } from './index-ranker.js';
import { indexFormat, readManifest, writeManifest } from './manifest.js';
import { checkModel, searchParts } from './open-index.js';
import { loadDerived, type OpenParts, openIndexStore } from './open-parts.js';
import { type DocumentChange, resolvePatches, type WholeChange } from './patch-documents.js';
import { removeOldParts, saveRevision } from './save-revision.js';
import { inTurns } from './turns.js';
import { createWriteQueue } from './write-queue.js';

/** A change that was made, by the number of its commit, or why it was not. */
type Outcome = number | TandemError;

export interface WritableIndex extends EmbeddedIndex, DocumentWriter, DictionaryWriter {
  write(changes: readonly DocumentChange[]): Promise<number>;
  put(documents: readonly DocumentRow[]): Promise<number>;
  /** Unknown ids are passed over. */
  delete(ids: readonly string[]): Promise<number>;
  /** Saves the derived parts now, so that the next opening has nothing to replay. @throws TandemError 'files/*' | 'index/replaced' | 'index/claim-lost' */
  save(): Promise<void>;
}

export interface WriteOptions {
  /** both sides of the model that the index was made with; needed where it was made with one */
  readonly embedder?: QueryEmbedder & DocumentEmbedder;
  /** runs the network of a ranker that has one */
  readonly openScorer?: OpenPairScorer;
  /** between two saves of the derived parts, milliseconds */
  readonly saveEveryMs?: number;
  /** when token segments are cut; those of every index when absent */
  readonly segmentLimits?: SegmentLimits;
  /** told of a save in the background that failed; nothing is lost by it */
  readonly onSaveFailure?: (error: TandemError) => void;
  /** told, each time that the status is asked for, why nothing can be written at present */
  readonly onFault?: (error: TandemError) => void;
}

const defaultSaveEveryMs = 30_000;
/** Documents embedded in one turn of the event loop: searches get the turns between. */
const embeddedAtOnce = 16;
/** A graph is rebuilt when it has more tombstones than this and than embeddings. */
const fewTombstones = 1_000;

/** A change with what the commit needs to know of it. */
type PreparedChange = StoreChange & {
  /** the embedding is the one that the id has already: the vectors know it */
  readonly known?: true;
};

/**
 * Gives a document the embedding that its id has, where the model reads the same of it as before.
 */
function keepEmbedding(
  change: WholeChange,
  store: DocumentStore,
  { readsSame }: Pick<DocumentEmbedder, 'readsSame'>,
): PreparedChange {
  if ('delete' in change) return change;
  const { put } = change;
  // one that is altered is put anew, as if it were not there
  const sound = passOverDamage(store, () => undefined);
  const before = sound.get(put.id);
  if (before === undefined || !readsSame?.(before, put)) return change;
  const embedding = sound.embedding(put.id);
  return embedding === undefined ? change : { put, embedding, known: true };
}

/** Embeds what is put and has no embedding yet. @throws what the embedder throws, TandemError 'internal' for values that are no embeddings */
async function embedChanges(
  changes: readonly PreparedChange[],
  embedder: DocumentEmbedder | undefined,
): Promise<readonly PreparedChange[]> {
  if (embedder === undefined) return changes;
  const isBare = (change: PreparedChange): change is { put: DocumentRow } =>
    'put' in change && change.embedding === undefined;
  const rows = changes.filter(isBare).map(({ put }) => put);
  const embeddings: Float32Array[] = [];
  for (let from = 0; from < rows.length; from += embeddedAtOnce) {
    const batch = rows.slice(from, from + embeddedAtOnce);
    const made = await embedder.embedDocuments(batch);
    checkRows(batch.length, made, embedder.width);
    batch.forEach((_, i) => {
      embeddings.push(made.subarray(i * embedder.width, (i + 1) * embedder.width));
    });
    await nextTurn();
  }
  let row = 0;
  return changes.map(change => (isBare(change) ? { put: change.put, embedding: embeddings[row++] } : change));
}

function checkChange(change: DocumentChange): DocumentChange {
  if ('put' in change) return { put: checkDocument(change.put) };
  return 'patch' in change ? { patch: checkPatch(change.patch) } : { delete: checkId(change.delete) };
}

/** Of several changes the one that is wrong is named, from 1. */
const checkChanges = (changes: readonly DocumentChange[]): DocumentChange[] =>
  changes.map((change, i) => {
    try {
      return checkChange(change);
    } catch (error) {
      if (changes.length === 1 || !(error instanceof TandemError)) throw error;
      throw new TandemError(error.code, `change ${i + 1}: ${error.message}`, { ...error.details, change: i + 1 });
    }
  });

/** Units of work that a change takes beside its texts; see turns.ts. */
const changeWork = 512;

function* applyChanges(changes: readonly PreparedChange[], { tokens, vectors }: OpenParts): Generator<number, void> {
  for (const change of changes) {
    if ('delete' in change) {
      tokens.remove(change.delete);
      vectors?.remove(change.delete);
    } else {
      yield* tokens.adding(change.put);
      if (change.embedding !== undefined && !change.known) vectors?.add([change.put.id], change.embedding);
    }
    yield changeWork;
  }
}

function keepVectorsInShape(live: LiveVectors, { store, manifest }: OpenParts): void {
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

/** Opens the parts for writing: claimed first, so that nobody else changes them meanwhile. */
async function openClaimed(folder: string, { embedder, segmentLimits, openScorer }: WriteOptions): Promise<OpenParts> {
  const found = await readManifest(folder);
  checkModel(folder, found, embedder);
  if (found.modelId !== null && embedder === undefined)
    throw new TandemError('index/model-mismatch', `${folder} holds vectors: writing to it needs their model`);
  const store = await openIndexStore(folder, found, {});
  try {
    await store.claim();
    const manifest = await readManifest(folder);
    // versions that cannot read the records that will be written are told so
    if (manifest.format < indexFormat) await writeManifest(folder, manifest);
    await removeOldParts(folder, manifest);
    const ranker = await loadRanker(folder, manifest, openScorer);
    const derived = await loadDerived(folder, manifest, store, segmentLimits);
    return { manifest, store, ranker, ...derived, vectors: derived.vectors && new LiveVectors(derived.vectors) };
  } catch (error) {
    await store.close();
    throw asFileError(folder, error);
  }
}

/**
 * Opens an index for searching and writing. One process at a time writes to an index; others may read it meanwhile.
 * @throws TandemError 'index/locked', and as openIndex
 */
export async function openWritableIndex(folder: string, options: WriteOptions = {}): Promise<WritableIndex> {
  const opened = await openClaimed(folder, options);
  const { store, tokens } = opened;
  const live = opened.vectors instanceof LiveVectors ? opened.vectors : null;
  const embedder = opened.manifest.modelId === null ? undefined : options.embedder;
  let { manifest } = opened;
  let applied = opened.sequence;
  let saved = manifest.store.sequence;
  let broken: unknown;

  /**
   * Changes the store, and tokens and vectors with it. Where this fails when the store, which nothing else changes, has the change already,
   * they lack it: only opening again brings them together.
   */
  async function change<T>(work: () => Promise<T>): Promise<T> {
    if (broken !== undefined) throw broken;
    try {
      return await work();
    } catch (error) {
      if (store.sequence() !== applied) broken = error;
      throw error;
    }
  }

  const commit = (changes: readonly PreparedChange[]): Promise<number> =>
    change(async () => {
      const sequence = await store.write(changes);
      await inTurns(applyChanges(changes, opened));
      applied = sequence;
      if (live !== null) keepVectorsInShape(live, opened);
      return sequence;
    });

  const setDictionary = (words: readonly DictionaryWord[]): Promise<DictionaryChange> =>
    change(async () => {
      const { sequence, documents } = await changeDictionary(store, tokens, manifest.indexing, words);
      applied = sequence;
      return { receipt: sequence, documents };
    });

  async function save(): Promise<void> {
    if (broken !== undefined) return;
    while (live?.busy) await live.settled();
    await store.checkClaim();
    const sequence = applied;
    manifest = await saveRevision(folder, manifest, store, { tokens, vectors: live, sequence });
    saved = sequence;
  }

  const queue = createWriteQueue<WholeChange>({ prepare: changes => embedChanges(changes, embedder), commit });
  const background = startBackgroundSave({
    everyMs: options.saveEveryMs ?? defaultSaveEveryMs,
    pending: () => applied > saved,
    save,
    onFailure: options.onSaveFailure ?? (() => undefined),
  });
  /**
   * Makes changes some of which are patches, in their turn: what a patch is merged into is what all writes before it have left, and nothing comes
   * between its reading and its commit. @param inPart  leave out what cannot be made, in place of refusing all
   */
  const patch = (changes: readonly DocumentChange[], inPart: boolean): Promise<readonly Outcome[]> =>
    queue.alone(async () => {
      const resolved = resolvePatches(changes, store.get);
      const whole = resolved.filter((change): change is WholeChange => !(change instanceof TandemError));
      const refused = resolved.find(change => change instanceof TandemError);
      if (refused !== undefined && !inPart) throw refused;
      const kept = embedder === undefined ? whole : whole.map(change => keepEmbedding(change, store, embedder));
      const sequence = whole.length === 0 ? applied : await commit(await embedChanges(kept, embedder));
      return resolved.map(change => (change instanceof TandemError ? change : sequence));
    }, changes.length);
  const isWhole = (change: DocumentChange): change is WholeChange => !('patch' in change);
  const write = async (changes: readonly DocumentChange[]): Promise<number> => {
    const checked = checkChanges(changes);
    if (checked.length === 0) return applied;
    if (checked.every(isWhole)) return queue.write(checked);
    const [sequence] = await patch(checked, false);
    if (sequence instanceof TandemError) throw sequence;
    return sequence;
  };
  const writeEach = async (changes: readonly DocumentChange[]): Promise<readonly Outcome[]> => {
    const checked = checkChanges(changes);
    if (!checked.every(isWhole)) return patch(checked, true);
    const sequence = checked.length === 0 ? applied : await queue.write(checked);
    return checked.map(() => sequence);
  };
  /** Why nothing can be written at present; searches are answered all the same. */
  const fault = async (): Promise<TandemError | undefined> =>
    broken === undefined ? store.checkClaim().then(() => undefined, asTandemError) : asTandemError(broken);
  const index = searchParts(opened, options.embedder);
  const { status } = index;
  return Object.assign(index, {
    write,
    writeEach,
    put: (documents: readonly DocumentRow[]) => write(documents.map(document => ({ put: document }))),
    delete: (ids: readonly string[]) => write(ids.map(id => ({ delete: id }))),
    setDictionary: async (words: readonly DictionaryWord[]) => {
      const checked = checkDictionary(words);
      return queue.alone(() => setDictionary(checked));
    },
    save: () => background.now(),
    status: async () => {
      const found = await fault();
      if (found !== undefined) options.onFault?.(found);
      return { ...(await status()), fault: found };
    },
    close: async () => {
      await queue.idle();
      await background.stop();
      try {
        // the store has everything: what is not saved, here or because the folder is gone, is replayed
        if (applied > saved && (await fault()) === undefined) await save();
      } finally {
        await live?.settled();
        await opened.ranker?.deep?.close();
        await store.close();
      }
    },
  });
}
