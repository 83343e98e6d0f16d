import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { TandemError } from '../errors/tandem-error.js';
import type { QueryEmbedder } from './backend.js';
import { type CursorCache, createCursorCache } from './cursors.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { parts, readManifest } from './manifest.js';
import { checkModel, searchParts } from './open-index.js';
import { type OpenParts, openParts } from './open-parts.js';
import { changedSince, replayDictionary, replayDocument } from './replay.js';

export interface FollowOptions {
  /** query side of the model, as for openIndex */
  readonly embedder?: QueryEmbedder;
  /** between two looks at the store, milliseconds; a search that comes later than this after the last one looks */
  readonly everyMs?: number;
  /** told why an index could not be followed; it goes on answering as it was, and the next look tries again */
  readonly onFailure?: (error: TandemError) => void;
}

const defaultEveryMs = 1_000;
/** Documents taken in in one turn of the event loop: searches get the turns between. */
const takenAtOnce = 16;
/** A search that finds more news than can be taken in in this time, milliseconds, answers from what has been. */
const patienceMs = 100;
/** A graph with more tombstones than this and than embeddings is read anew: the writer has made a better one. */
const fewTombstones = 1_000;

/** What is searched at present; another takes its place when the index is opened anew. */
interface Opened {
  readonly parts: OpenParts;
  /** over these parts; another one where the weight of the fusion was changed */
  index: EmbeddedIndex;
  /** of the data file: another one where the index was made again */
  readonly inode: number;
  /** last commit that tokens and vectors have seen */
  seen: number;
  users: number;
  retired: boolean;
}

const inodeOf = (folder: string): Promise<number> =>
  stat(join(folder, parts.documents, 'data.mdb')).then(({ ino }) => ino);

async function openNow(folder: string, embedder: QueryEmbedder | undefined, cursors: CursorCache): Promise<Opened> {
  // before the opening: an index that is made again meanwhile is then opened once more
  const inode = await inodeOf(folder).catch(() => 0); // what is missing the opening tells
  const opened = await openParts(folder, manifest => checkModel(folder, manifest, embedder));
  const index = searchParts(opened, embedder, cursors);
  return { parts: opened, index, inode, seen: opened.sequence, users: 0, retired: false };
}

/** Takes in what later commits touched. @returns false where the store does not know that any more */
async function takeIn(opened: Opened): Promise<boolean> {
  const { store, tokens, vectors } = opened.parts;
  const last = store.sequence();
  if (last === opened.seen) return true;
  let changed: string[];
  try {
    changed = [...changedSince(store, opened.seen)];
  } catch (error) {
    if (error instanceof TandemError && error.code === 'index/damaged') return false;
    throw error;
  }
  replayDictionary(store, tokens);
  for (let from = 0; from < changed.length; from += takenAtOnce) {
    if (from > 0) await nextTurn();
    for (const id of changed.slice(from, from + takenAtOnce)) replayDocument(store, id, tokens, vectors);
  }
  opened.seen = last;
  return vectors === null || vectors.tombstones <= Math.max(fewTombstones, vectors.size);
}

/**
 * Opens an index for searching as openIndex does, and follows what another process writes to it: a search looks at the store, at most every
 * `everyMs`, and takes later commits in. A weight of the fusion that was
 * changed since is taken over too. Where the store has forgotten what these touched, and where the index was made again, it is opened anew;
 * searches that are under way end on the one that they began on.
 * @throws TandemError as openIndex
 */
export async function followIndex(folder: string, options: FollowOptions = {}): Promise<EmbeddedIndex> {
  const { embedder, everyMs = defaultEveryMs, onFailure = () => undefined } = options;
  // of all openings: a page is asked for after the next one too
  const cursors = createCursorCache();
  let current = await openNow(folder, embedder, cursors);
  let looked = performance.now();
  let running: Promise<void> | undefined;
  let closed = false;

  async function retire(opened: Opened): Promise<void> {
    opened.retired = true;
    if (opened.users === 0) await opened.index.close();
  }

  async function catchUp(): Promise<void> {
    const followed = current;
    followed.users++;
    try {
      const known = await takeIn(followed);
      if (known && (await inodeOf(folder)) === followed.inode) return await takeOverWeight(followed);
    } finally {
      await release(followed);
    }
    const next = await openNow(folder, embedder, cursors);
    current = next;
    await retire(followed);
  }

  async function takeOverWeight(opened: Opened): Promise<void> {
    const { manifest } = opened.index;
    const { fusionWeight } = (await readManifest(folder)).indexing;
    if (fusionWeight === manifest.indexing.fusionWeight) return;
    const changed = { ...manifest, indexing: { ...manifest.indexing, fusionWeight } };
    opened.index = searchParts({ ...opened.parts, manifest: changed }, embedder, cursors);
  }

  async function release(opened: Opened): Promise<void> {
    opened.users--;
    if (opened.retired && opened.users === 0) await opened.index.close();
  }

  /** Looks for news, unless it was done a moment ago or goes on already. */
  async function look(): Promise<void> {
    if (closed || running !== undefined || performance.now() - looked < everyMs) return;
    looked = performance.now();
    running = catchUp()
      .catch((error: unknown) => {
        onFailure(
          error instanceof TandemError ? error : new TandemError('internal', String(error), {}, { cause: error }),
        );
      })
      .finally(() => {
        running = undefined;
      });
    const waiting = new AbortController();
    await Promise.race([running, delay(patienceMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
  }

  async function using<T>(ask: (index: EmbeddedIndex) => Promise<T>): Promise<T> {
    await look();
    const used = current;
    used.users++;
    try {
      return await ask(used.index);
    } finally {
      await release(used);
    }
  }

  return {
    get manifest() {
      return current.index.manifest;
    },
    get vectorKind() {
      return current.index.vectorKind;
    },
    search: request => using(index => index.search(request)),
    next: (cursor, k) => using(index => index.next(cursor, k)),
    complete: request => current.index.complete(request),
    tokenMeasures: () => current.index.tokenMeasures(),
    analyze: (text, language) => current.index.analyze(text, language),
    dictionary: () => current.index.dictionary(),
    retrieve: request => using(index => index.retrieve(request)),
    explain: (request, id) => using(index => index.explain(request, id)),
    get: id => using(index => index.get(id)),
    count: () => using(index => index.count()),
    embedding: id => current.index.embedding(id),
    ids: () => current.index.ids(),
    close: async () => {
      closed = true;
      await running;
      await retire(current);
    },
  };
}
