import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'lmdb';
import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { DictionaryWord } from '../text/dictionary.js';
import { widthMismatch, widthOf } from './check-width.js';
import { embeddingDatabases } from './embedding-databases.js';
import {
  documentKey,
  encodeChange,
  type SettingName,
  type StoreChange,
  sealJson,
  sequenceKey,
  stateBytes,
  stateKey,
} from './encode-change.js';
import { keptTexts } from './kept-texts.js';
import { type OpenStoreOptions, openDataFile, syncDataFile } from './open-file.js';
import { noteReader, refuseBesideReaders } from './open-readers.js';
import { recordReader } from './read-records.js';
import { firstState, forgettable, type GenerationState, type State, stateOf, withGeneration } from './store-state.js';
import { type StoredGenerations, storedGenerations } from './stored-generations.js';
import { storedSettings } from './stored-settings.js';
import { asStoreError } from './write-error.js';
import { claimWriting, type HeldClaim, identityIn } from './writing-claim.js';

export interface StoredEntry {
  readonly id: string;
  readonly document: DocumentRow;
  /** float32 [D]; absent where the document was stored without one */
  readonly embedding?: Float32Array;
}

/** One commit of the store: the ids that it put or deleted. */
export interface Change {
  readonly sequence: number;
  readonly ids: readonly string[];
}

/** Told of a record that is altered; iteration goes on without it. */
export type OnDamage = (id: string, what: 'document' | 'embedding') => void;

/**
 * Documents and their embeddings in LMDB: the only truth of an index; token index and vectors are derived from it.
 * Documents stand here once, embeddings once for each generation; those of one are read and written here, of the first one unless `ofGeneration` says another.
 * Every commit has a sequence number, counted from 1. Reads are synchronous and see every commit that was acknowledged.
 * Every record has a checksum: reading one that is altered throws TandemError 'index/documents-damaged'.
 */
export interface DocumentStore {
  /** whose embeddings are read and written */
  readonly generation: number;
  /** The same store with the embeddings of another generation. */
  ofGeneration(generation: number): DocumentStore;
  readonly generations: StoredGenerations;
  /** last commit whose documents the embeddings know; undefined where there is no such generation */
  seen(): number | undefined;
  /**
   * Stores documents in one commit; a document of the same id is replaced, within one call the later one wins.
   * @param embeddings  float32 [n * D], row-major; without it the documents have none, nor keep an older one
   * @returns the sequence number of the commit, once it is flushed to disk (where it was opened unseen: once it is done)
   * @throws TandemError 'data/malformed-row' (id with a lone surrogate), 'index/model-mismatch' (another D than before),
   *   'files/disk-full' | 'files/write-failed'; then nothing of the call is stored. After `claim` also 'index/claim-lost' and 'index/replaced':
   *   the latter may come when the call is stored already, in a folder that has just been taken away; `sequence` then tells
   */
  put(documents: readonly DocumentRow[], embeddings?: Float32Array): Promise<number>;
  /** Deletes in one commit; unknown ids are passed over. @returns as `put` */
  delete(ids: readonly string[]): Promise<number>;
  /** Puts and deletes in one commit, in their order. @returns as `put` @throws as `put` */
  write(changes: readonly StoreChange[]): Promise<number>;
  /**
   * Stores the words that the analysis keeps whole, in one commit with the ids of the documents whose terms change by them: derived parts that have
   * not seen the commit take these documents in again. @returns as `put`
   */
  setDictionary(words: readonly DictionaryWord[], ids: readonly string[]): Promise<number>;
  /** The words as last stored; none at first. */
  dictionary(): readonly DictionaryWord[];
  /** Stores a setting in a commit that touches no document. @param value  JSON @returns as `put` */
  setSetting(name: SettingName, value: unknown): Promise<number>;
  /** A setting as last stored; undefined where it never was. */
  setting(name: SettingName): unknown;
  /** The commit that stored it, 0 where none did. */
  settingSequence(name: SettingName): number;
  get(id: string): DocumentRow | undefined;
  /** @returns [n], undefined where there is no such document */
  getMany(ids: readonly string[]): (DocumentRow | undefined)[];
  /** float32 [D], a copy */
  embedding(id: string): Float32Array | undefined;
  has(id: string): boolean;
  count(): number;
  /** D, or null while no embedding was ever stored */
  width(): number | null;
  /** All documents in the byte order of their ids. */
  documents(): IterableIterator<DocumentRow>;
  /** Documents behind an id, in the same order. @param id  '' for the first ones */
  documentsAfter(id: string, most: number): DocumentRow[];
  /** The same with their embeddings. @param onDamage  told of altered records instead of a throw */
  entries(onDamage?: OnDamage): IterableIterator<StoredEntry>;
  /** sequence number of the last commit, 0 before the first */
  sequence(): number;
  /** Commits after the given one, oldest first. */
  changesAfter(sequence: number): IterableIterator<Change>;
  /** Forgets which ids the commits up to this one touched: everything derived has seen them. What other generations have not seen is kept. */
  trimChanges(through: number): Promise<void>;
  /**
   * Makes this opening the only one that writes, until it is closed or its process ends; readers are not affected.
   * @throws TandemError 'index/locked' when another one holds the claim
   */
  claim(): Promise<void>;
  /** Looks whether what is written arrives where it should. @throws TandemError 'index/claim-lost' | 'index/replaced', after `claim` */
  checkClaim(): Promise<void>;
  /** Writes a copy of the store as it is at one moment, while others read and write. @param path  an empty folder */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}

/** What a commit makes of the state. */
type Changed = Pick<State, 'count'> & Pick<GenerationState, 'width'>;

const claimLost = (folder: string): TandemError =>
  new TandemError('index/claim-lost', `${folder}: another process has become the one that writes`, { folder });

/**
 * Opens the store in a folder; made there when it is missing, unless readOnly or existing.
 * @throws TandemError 'index/documents-damaged' when the data file is missing (readOnly, existing), cut short, or its pages are altered
 */
export async function openDocumentStore(folder: string, options: OpenStoreOptions = {}): Promise<DocumentStore> {
  if (!options.readOnly && !options.existing) await mkdir(folder, { recursive: true });
  const opened = await identityIn(folder);
  if (!options.readOnly) refuseBesideReaders(folder, opened);
  const root = await openDataFile(folder, options);
  // bytes rather than LMDB's own encodings: records are made before the transaction, so that nothing can throw inside it
  const documents: Database<Buffer, Buffer> = root.openDB('documents', { encoding: 'binary', keyEncoding: 'binary' });
  const embeddingsOf = embeddingDatabases(root);
  embeddingsOf(0);
  const changes: Database<Buffer, number> = root.openDB('changes', { encoding: 'binary', keyEncoding: 'uint32' });
  // lmdb gives undefined for one that is missing where it may not make it
  const meta: Database<Buffer, string> | undefined = root.openDB('meta', { encoding: 'binary' });
  if (meta === undefined) {
    await root.close();
    const path = join(folder, 'data.mdb');
    throw new TandemError('index/documents-damaged', `${path}: no store was made here`, { file: path });
  }
  const forget = options.readOnly && opened !== undefined ? noteReader(opened) : undefined;
  let held: HeldClaim | undefined;
  const isHeld = (): boolean => held === undefined || held.isHeld();

  const isSealed = (): boolean => state().sealed === true;
  const { damaged, content, textOf, parsedText, parsed } = recordReader(folder, isSealed);
  const state = (): State => {
    const record = meta.get(stateKey);
    if (record === undefined) return firstState;
    return stateOf(
      parsed(
        stateBytes,
        record,
        () => 'the record of the last commit',
        () => false,
      ),
    );
  };
  const { putDictionary, putSetting, ...settings } = storedSettings(meta, parsed);
  const named = (id: string) => (): string => `document ${JSON.stringify(id)}`;
  const parse = (at: Buffer, record: Buffer): DocumentRow => parsed(at, record, named(at.toString('utf8')));
  const readText = (id: string): string | undefined => {
    const at = documentKey(id);
    const record = documents.get(at);
    return record === undefined ? undefined : textOf(at, record, named(id));
  };
  const parseText = (id: string, text: string | undefined): DocumentRow | undefined =>
    text === undefined ? undefined : parsedText(text, named(id));
  const textsOf = keptTexts(() => state().sequence, readText);
  const read = (id: string): DocumentRow | undefined => parseText(id, readText(id));
  const embeddingIn = (generation: number, id: string): Float32Array | undefined => {
    const at = documentKey(id);
    const record = embeddingsOf(generation)?.get(at);
    if (record === undefined) return undefined;
    const bytes = content(at, record, 'embedding', () => `the embedding of ${JSON.stringify(id)}`);
    if (bytes.length % 4 !== 0) throw damaged(`the embedding of ${JSON.stringify(id)}`);
    return new Float32Array(new Uint8Array(bytes).buffer);
  };

  /** Runs a transaction and waits until it is on disk: lmdb resolves a write when it is visible, which is earlier. */
  async function durably<T>(action: () => T): Promise<T> {
    try {
      const result = await root.transaction(action);
      await root.flushed;
      return result;
    } catch (error) {
      throw await asStoreError(folder, error);
    }
  }

  /** A transaction of the one that may write. Looked at before: the data file; inside: the claim; and after: the data file once more. */
  async function writeClaimed<T>(action: () => T): Promise<T> {
    await held?.checkFile();
    const done = await durably(() => (isHeld() ? { result: action() } : undefined));
    if (done === undefined) throw claimLost(folder);
    await held?.checkFile();
    return done.result;
  }

  const putState = (after: State): void => void meta.put(stateKey, sealJson(stateBytes, after));

  /** One commit of documents by a generation, with its sequence number. What other generations have seen stays. */
  const commit = (generation: number, ids: readonly string[], change: (before: State) => Changed): Promise<number> =>
    writeClaimed(() => {
      const before = state();
      const known = before.generations[generation];
      const sequence = before.sequence + 1;
      const { count, width } = change(before);
      const after = withGeneration({ ...before, count, sequence }, generation, { ...known, seen: sequence, width });
      changes.put(sequence, sealJson(sequenceKey(sequence), ids));
      putState(after);
      return sequence;
    });

  /** @throws TandemError 'generation/unknown' | 'internal' for one that lacks what others wrote */
  function writtenTo(generation: number): GenerationState {
    const { generations, sequence } = state();
    const found: GenerationState | undefined = generations[generation];
    if (found === undefined)
      throw new TandemError('generation/unknown', `${folder}: there is no generation ${generation}`);
    if (found.seen === sequence) return found;
    throw new TandemError('internal', `generation ${generation} has seen commit ${found.seen} of ${sequence}`);
  }

  async function write(generation: number, list: readonly StoreChange[]): Promise<number> {
    const width = widthOf(list, writtenTo(generation).width);
    const vectors = embeddingsOf(generation);
    const encoded = list.map(encodeChange);
    return commit(
      generation,
      encoded.map(({ id }) => id),
      before => {
        let count = before.count;
        for (const { at, document, embedding: bytes } of encoded) {
          const known = documents.doesExist(at);
          if (document === undefined) {
            if (!known) continue;
            count--;
            documents.remove(at);
          } else {
            if (!known) count++;
            documents.put(at, document);
          }
          if (bytes === undefined) vectors?.remove(at);
          else vectors?.put(at, bytes);
        }
        return { count, width };
      },
    );
  }

  async function put(generation: number, rows: readonly DocumentRow[], embeddings?: Float32Array): Promise<number> {
    if (rows.length === 0) return state().sequence;
    if (embeddings === undefined)
      return write(
        generation,
        rows.map(row => ({ put: row })),
      );
    const width = embeddings.length / rows.length;
    if (!Number.isInteger(width)) throw widthMismatch(width, state().generations[generation]?.width ?? null);
    return write(
      generation,
      rows.map((row, i) => ({ put: row, embedding: embeddings.subarray(i * width, (i + 1) * width) })),
    );
  }

  function* allDocuments(): IterableIterator<DocumentRow> {
    for (const { key: at, value } of documents.getRange({})) yield parse(at, value);
  }

  function documentsAfter(id: string, most: number): DocumentRow[] {
    const range = id === '' ? {} : { start: documentKey(id), exclusiveStart: true };
    return Array.from(documents.getRange({ ...range, limit: most }), ({ key: at, value }) => parse(at, value));
  }

  /** What a reading gives; undefined, and told, where its record is altered. */
  function sound<T>(reading: () => T, onDamage: (() => void) | undefined): T | undefined {
    try {
      return reading();
    } catch (error) {
      if (onDamage === undefined || !(error instanceof TandemError)) throw error;
      onDamage();
      return undefined;
    }
  }

  function* entries(generation: number, onDamage?: OnDamage): IterableIterator<StoredEntry> {
    for (const { key: at, value } of documents.getRange({})) {
      const id = at.toString('utf8');
      const told = (what: 'document' | 'embedding') => onDamage && (() => onDamage(id, what));
      const document = sound(() => parse(at, value), told('document'));
      if (document === undefined) continue;
      const vector = sound(() => embeddingIn(generation, id), told('embedding'));
      yield vector === undefined ? { id, document } : { id, document, embedding: vector };
    }
  }

  function* changesAfter(sequence: number): IterableIterator<Change> {
    for (const { key: number, value } of changes.getRange({ start: sequence + 1 })) {
      const ids = sound(
        () => parsed<string[]>(sequenceKey(number), value, () => ''),
        () => undefined,
      );
      if (ids === undefined) throw damaged(`what commit ${number} touched`, 'index/damaged');
      yield { sequence: number, ids };
    }
  }

  async function trimChanges(generation: number, through: number): Promise<void> {
    await writeClaimed(() => {
      const end = forgettable(state(), through, generation) + 1;
      for (const { key: sequence } of changes.getRange({ end })) changes.remove(sequence);
    });
  }

  const generations = storedGenerations({
    ...{ root, folder, opened, embeddingsOf, state, putState },
    writing: durably,
  });
  const stateIn = (generation: number): GenerationState | undefined => state().generations[generation];
  const ofGeneration = (generation: number): DocumentStore => {
    // now, for one that is opened in the middle of a range takes the transaction away from under it: LMDB then fails, or the process
    embeddingsOf(generation);
    return storeOf(generation);
  };
  const storeOf = (generation: number): DocumentStore => ({
    generation,
    ofGeneration,
    generations,
    seen: () => stateIn(generation)?.seen,
    put: (rows, embeddings) => put(generation, rows, embeddings),
    delete: ids =>
      write(
        generation,
        ids.map(id => ({ delete: id })),
      ),
    write: list => write(generation, list),
    setDictionary: (words, ids) =>
      commit(generation, ids, ({ count }) => {
        putDictionary(words);
        return { count, width: stateIn(generation)?.width ?? null };
      }),
    setSetting: (name, value) =>
      commit(generation, [], ({ count, sequence }) => {
        putSetting(name, sequence + 1, value);
        return { count, width: stateIn(generation)?.width ?? null };
      }),
    ...settings,
    get: read,
    getMany: ids => textsOf(ids).map((text, i) => parseText(ids[i], text)),
    embedding: id => embeddingIn(generation, id),
    has: id => documents.doesExist(documentKey(id)),
    count: () => state().count,
    width: () => stateIn(generation)?.width ?? null,
    documents: allDocuments,
    documentsAfter,
    entries: onDamage => entries(generation, onDamage),
    sequence: () => state().sequence,
    changesAfter,
    trimChanges: through => trimChanges(generation, through),
    claim: async () => {
      held = await claimWriting(root, folder, opened);
    },
    checkClaim: async () => {
      await held?.checkFile();
      if (!isHeld()) throw claimLost(folder);
    },
    backup: async path => {
      await root.backup(path, false).catch(async error => {
        throw await asStoreError(path, error);
      });
    },
    close: async () => {
      await held?.release();
      await root.close();
      forget?.();
      if (options.unseen) await syncDataFile(folder);
    },
  });
  return ofGeneration(0);
}
