import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, open } from 'lmdb';
import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { DictionaryWord } from '../text/dictionary.js';
import { checkDataFile } from './data-file.js';
import { asStoreError } from './write-error.js';
import { type Claim, claimWriting, releaseWriting } from './writing-claim.js';

export interface StoredEntry {
  readonly id: string;
  readonly document: DocumentRow;
  /** float32 [D]; absent where the document was stored without one */
  readonly embedding?: Float32Array;
}

/** One change of a commit: a document stored, with its embedding where it has one, or an id deleted. */
export type StoreChange =
  | { readonly put: DocumentRow /** float32 [D] */; readonly embedding?: Float32Array }
  | { readonly delete: string };

/** One commit of the store: the ids that it put or deleted. */
export interface Change {
  readonly sequence: number;
  readonly ids: readonly string[];
}

/**
 * Documents and their embeddings in LMDB: the only truth of an index; token index and vectors are derived from it.
 * Every commit has a sequence number, counted from 1. Reads are synchronous and see every commit that was acknowledged.
 */
export interface DocumentStore {
  /**
   * Stores documents in one commit; a document of the same id is replaced, within one call the later one wins.
   * @param embeddings  float32 [n * D], row-major; without it the documents have none, nor keep an older one
   * @returns the sequence number of the commit, once it is flushed to disk
   * @throws TandemError 'data/malformed-row' (id with a lone surrogate), 'index/model-mismatch' (another D than before),
   *   'files/disk-full' | 'files/write-failed'; then nothing of the call is stored
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
  /** The same with their embeddings. */
  entries(): IterableIterator<StoredEntry>;
  /** sequence number of the last commit, 0 before the first */
  sequence(): number;
  /** Commits after the given one, oldest first. */
  changesAfter(sequence: number): IterableIterator<Change>;
  /** Forgets which ids the commits up to this one touched: everything derived has seen them. */
  trimChanges(through: number): Promise<void>;
  /**
   * Makes this opening the only one that writes, until it is closed or its process ends; readers are not affected.
   * @throws TandemError 'index/locked' when another one holds the claim
   */
  claim(): Promise<void>;
  /** Writes a copy of the store as it is at one moment, while others read and write. @param path  an empty folder */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}

interface State {
  readonly sequence: number;
  readonly count: number;
  readonly width: number | null;
}

/** LMDB refuses longer keys; 512 UTF-16 units, the limit of an id, are at most 1,536 bytes. */
const key = (id: string): Buffer => Buffer.from(id, 'utf8');

interface EncodedChange {
  readonly id: string;
  readonly at: Buffer;
  /** JSON of the document; undefined = deleted */
  readonly text?: string;
  readonly embedding?: Buffer;
}

function encode(change: StoreChange): EncodedChange {
  if ('delete' in change) return { id: change.delete, at: key(change.delete) };
  const { put: document, embedding } = change;
  // UTF-8 has no form for half of a pair: two such ids would fall together
  if (/\p{Surrogate}/u.test(document.id)) {
    throw new TandemError('data/malformed-row', `id ${JSON.stringify(document.id)}: half of a surrogate pair`);
  }
  return {
    id: document.id,
    at: key(document.id),
    text: JSON.stringify(document),
    embedding: embedding && Buffer.from(embedding.slice().buffer),
  };
}

const widthMismatch = (width: number, known: number | null): TandemError =>
  new TandemError('index/model-mismatch', `embeddings of width ${width} meet a store of width ${known ?? 'none'}`);

/** D of the store with these changes. @throws TandemError 'index/model-mismatch' */
function widthOf(changes: readonly StoreChange[], known: number | null): number | null {
  let width = known;
  for (const change of changes) {
    if ('delete' in change || change.embedding === undefined) continue;
    width ??= change.embedding.length;
    if (change.embedding.length !== width) throw widthMismatch(change.embedding.length, width);
  }
  return width;
}

/**
 * Opens the store in a folder; made there when it is missing, unless readOnly.
 * @throws TandemError 'index/damaged' when the data file is missing (readOnly) or cannot be an LMDB file
 */
export async function openDocumentStore(folder: string, options: { readOnly?: boolean } = {}): Promise<DocumentStore> {
  const readOnly = options.readOnly ?? false;
  if (!readOnly) await mkdir(folder, { recursive: true });
  await checkDataFile(join(folder, 'data.mdb'), readOnly);
  // after a failed commit (full disk) lmdb would, with overlappingSync, never resolve `flushed` nor `close`, and with eventTurnBatching
  // reject a promise that nobody can reach, which ends the process; without both a commit resolves when it is on disk
  const root = open({
    path: folder,
    readOnly,
    maxDbs: 8,
    noSubdir: false,
    overlappingSync: false,
    eventTurnBatching: false,
  });
  // text rather than LMDB's own encodings: JSON is made before the transaction, so that nothing can throw inside it
  const documents: Database<string, Buffer> = root.openDB('documents', { encoding: 'string', keyEncoding: 'binary' });
  const vectors: Database<Buffer, Buffer> = root.openDB('embeddings', { encoding: 'binary', keyEncoding: 'binary' });
  const changes: Database<readonly string[], number> = root.openDB('changes', {
    encoding: 'json',
    keyEncoding: 'uint32',
  });
  const meta: Database<State | readonly DictionaryWord[], string> = root.openDB('meta', { encoding: 'json' });
  let held: Claim | undefined;

  const state = (): State => (meta.get('state') as State | undefined) ?? { sequence: 0, count: 0, width: null };
  const parse = (text: string): DocumentRow => JSON.parse(text);
  const read = (id: string): DocumentRow | undefined => {
    const text = documents.get(key(id));
    return text === undefined ? undefined : parse(text);
  };
  const embedding = (id: string): Float32Array | undefined => {
    const bytes = vectors.getBinaryFast(key(id));
    if (bytes === undefined) return undefined;
    // lmdb lends a larger buffer, valid until its next read, and says in `length` how much of it is the value
    const copy = new Uint8Array(bytes.length);
    copy.set(bytes.subarray(0, copy.length));
    return new Float32Array(copy.buffer);
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

  /** One commit of documents, with its sequence number. */
  const commit = (ids: readonly string[], change: (before: State) => Partial<State>): Promise<number> =>
    durably(() => {
      const before = state();
      const after = { ...before, ...change(before), sequence: before.sequence + 1 };
      changes.put(after.sequence, ids);
      meta.put('state', after);
      return after.sequence;
    });

  async function write(list: readonly StoreChange[]): Promise<number> {
    const width = widthOf(list, state().width);
    const encoded = list.map(encode);
    return commit(
      encoded.map(({ id }) => id),
      before => {
        let count = before.count;
        for (const { at, text, embedding: bytes } of encoded) {
          const known = documents.doesExist(at);
          if (text === undefined) {
            if (!known) continue;
            count--;
            documents.remove(at);
          } else {
            if (!known) count++;
            documents.put(at, text);
          }
          if (bytes === undefined) vectors.remove(at);
          else vectors.put(at, bytes);
        }
        return { count, width };
      },
    );
  }

  async function put(rows: readonly DocumentRow[], embeddings?: Float32Array): Promise<number> {
    if (rows.length === 0) return state().sequence;
    if (embeddings === undefined) return write(rows.map(row => ({ put: row })));
    const width = embeddings.length / rows.length;
    if (!Number.isInteger(width)) throw widthMismatch(width, state().width);
    return write(rows.map((row, i) => ({ put: row, embedding: embeddings.subarray(i * width, (i + 1) * width) })));
  }

  function* allDocuments(): IterableIterator<DocumentRow> {
    for (const { value } of documents.getRange({})) yield parse(value);
  }

  function* entries(): IterableIterator<StoredEntry> {
    for (const document of allDocuments()) {
      const vector = embedding(document.id);
      yield vector === undefined ? { id: document.id, document } : { id: document.id, document, embedding: vector };
    }
  }

  function* changesAfter(sequence: number): IterableIterator<Change> {
    for (const entry of changes.getRange({ start: sequence + 1 })) yield { sequence: entry.key, ids: entry.value };
  }

  async function trimChanges(through: number): Promise<void> {
    await durably(() => {
      for (const { key: sequence } of changes.getRange({ end: through + 1 })) changes.remove(sequence);
    });
  }

  return {
    put,
    delete: ids => write(ids.map(id => ({ delete: id }))),
    write,
    setDictionary: (words, ids) =>
      commit(ids, () => {
        meta.put('dictionary', words);
        return {};
      }),
    dictionary: () => (meta.get('dictionary') as readonly DictionaryWord[] | undefined) ?? [],
    get: read,
    getMany: ids => ids.map(read),
    embedding,
    has: id => documents.doesExist(key(id)),
    count: () => state().count,
    width: () => state().width,
    documents: allDocuments,
    entries,
    sequence: () => state().sequence,
    changesAfter,
    trimChanges,
    claim: async () => {
      held = await claimWriting(root, folder);
    },
    backup: async path => {
      await root.backup(path, false).catch(async error => {
        throw await asStoreError(path, error);
      });
    },
    close: async () => {
      if (held !== undefined) await releaseWriting(root, held);
      await root.close();
    },
  };
}
