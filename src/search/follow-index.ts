import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { asTandemError, TandemError } from '../errors/tandem-error.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import type { TextEmbedder } from './backend.js';
import { type CursorCache, createCursorCache } from './cursors.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { forwardIndex, withMembers } from './forward-index.js';
import { loadRanker } from './index-ranker.js';
import { type Manifest, partNames, readManifest } from './manifest.js';
import { checkModel, searchParts } from './open-index.js';
import { type OpenParts, openParts } from './open-parts.js';
import { changedSince, replayDocuments, replayWords } from './replay.js';
import { sameSettings, settingsOf, withSettings } from './search-settings.js';
import { inTurns } from './turns.js';

/** What lies beside the parts of an index and comes and goes with them. */
export interface Companions {
  /** the model that the index was made with; without it only `token` searches are answered */
  readonly embedder?: TextEmbedder;
  close(): Promise<void>;
}

export interface FollowOptions<C extends Companions> {
  /** opens what lies beside the parts of an index: called again for one that was made again */
  readonly openCompanions: (folder: string, manifest: Manifest) => Promise<C>;
  /** rankings that people page through; its own when absent */
  readonly cursors?: CursorCache;
  /** runs the network of a ranker that has one */
  readonly openScorer?: OpenPairScorer;
  /** between two looks at the store, milliseconds; a search that comes later than this after the last one looks itself, at 0 nobody else does */
  readonly everyMs?: number;
  /** told, once for each cause, why an index could not be followed; it goes on answering as it was, and later looks try again */
  readonly onFailure?: (error: TandemError) => void;
  /** told of an index that was made again and is searched from now on */
  readonly onTaken?: (manifest: Manifest) => void;
}

/** An index that follows what other processes write to it, and what they put in its place. */
export interface FollowingIndex<C extends Companions> extends EmbeddedIndex {
  /** what lies beside the index that is searched at present */
  readonly companions: C;
  /** its embedder; what it is embedding keeps it open */
  readonly embedder: TextEmbedder | undefined;
  /** Sees this commit, and all before, in every search from now on; without waiting for the next look. @throws TandemError why it could not */
  caughtUp(sequence: number): Promise<void>;
}

const defaultEveryMs = 1_000;
/** A search that finds more news than can be taken in in this time, milliseconds, answers from what has been. */
const patienceMs = 100;
/** A graph with more tombstones than this and than embeddings is read anew: the writer has made a better one. */
const fewTombstones = 1_000;
/** Looks for a folder that is being swapped for another, and the time between two, milliseconds. */
const swapLooks = 10;
const swapLookMs = 50;
/** What could not be taken up is tried again after twice the time that was waited before, milliseconds, and this at most. */
const longestWaitMs = 60_000;

/** What is searched at present; another takes its place when the index is opened anew. */
interface Opened<C> {
  parts: OpenParts;
  /** over these parts; another one where the weight of the fusion, the settings or the ranker were changed */
  index: EmbeddedIndex;
  readonly companions: C;
  readonly embedder: TextEmbedder | undefined;
  /** of the data file: another one where the index was made again */
  readonly inode: number;
  /** last commit that tokens and vectors have seen */
  seen: number;
  users: number;
  retired: boolean;
}

/** What stands in the folder and could not be taken up. */
interface Failure {
  readonly error: TandemError;
  readonly standing: string;
  readonly waitMs: number;
  readonly tryAgainAt: number;
}

const dataFileIn = (folder: string): string => join(folder, partNames.documents, 'data.mdb');

/** Of the data file; 0 where there is none. */
const inodeOf = (folder: string): Promise<number> =>
  stat(dataFileIn(folder)).then(
    ({ ino }) => ino,
    () => 0,
  );

/** Tells what stands in a folder from what stood there before: another data file, or another manifest. */
async function standingIn(folder: string): Promise<string> {
  const manifest = await stat(join(folder, partNames.manifest)).catch(() => undefined);
  return `${await inodeOf(folder)} ${manifest?.ino} ${manifest?.mtimeMs}`;
}

/** Waits for a folder that is being swapped for another: for a moment neither is there. */
async function swapped(folder: string): Promise<void> {
  for (let look = 0; look < swapLooks && (await inodeOf(folder)) === 0; look++) await delay(swapLookMs);
}

async function release(opened: Opened<Companions>): Promise<void> {
  opened.users--;
  if (opened.retired && opened.users === 0) await closeParts(opened);
}

async function retire(opened: Opened<Companions>): Promise<void> {
  opened.retired = true;
  if (opened.users === 0) await closeParts(opened);
}

const closeParts = ({ index, companions }: Opened<Companions>): Promise<void> =>
  index.close().finally(() => companions.close());

async function openNow<C extends Companions>(
  folder: string,
  { openCompanions, openScorer }: Pick<FollowOptions<C>, 'openCompanions' | 'openScorer'>,
  cursors: CursorCache,
): Promise<Opened<C>> {
  // before the opening: an index that is made again meanwhile is then opened once more
  const inode = await inodeOf(folder);
  const companions = await openCompanions(folder, await readManifest(folder));
  try {
    const check = (manifest: Manifest): void => checkModel(folder, manifest, companions.embedder);
    const parts = await openParts(folder, check, { openScorer, live: true });
    const embedder = companions.embedder && held(companions.embedder, () => opened);
    const index = searchParts(parts, companions.embedder, cursors);
    const opened: Opened<C> = {
      ...{ parts, index, companions, embedder, inode },
      ...{ seen: parts.sequence, users: 0, retired: false },
    };
    return opened;
  } catch (error) {
    await companions.close();
    throw error;
  }
}

/** An embedder that keeps open what it belongs to while it embeds. */
function held(embedder: TextEmbedder, of: () => Opened<Companions>): TextEmbedder {
  const using = async <T>(embed: () => Promise<T>): Promise<T> => {
    const opened = of();
    opened.users++;
    try {
      return await embed();
    } finally {
      await release(opened);
    }
  };
  const embedDocuments = embedder.embedDocuments?.bind(embedder);
  const embedPictures = embedder.embedPictures?.bind(embedder);
  return {
    modelId: embedder.modelId,
    width: embedder.width,
    embedQuery: query => using(() => embedder.embedQuery(query)),
    ...(embedDocuments && { embedDocuments: documents => using(() => embedDocuments(documents)) }),
    ...(embedPictures && { embedPictures: pictures => using(() => embedPictures(pictures)) }),
  };
}

/**
 * Takes in what later commits touched. @returns false where the store does not know that any more, or these commits are of another generation, so that
 * this one's embeddings know nothing of them
 */
async function takeIn(opened: Opened<Companions>): Promise<boolean> {
  const { store, tokens, vectors } = opened.parts;
  const last = store.sequence();
  if (store.seen() !== last) return false;
  if (last === opened.seen) return true;
  let changed: string[];
  try {
    changed = [...changedSince(store, opened.seen)];
  } catch (error) {
    if (error instanceof TandemError && error.code === 'index/damaged') return false;
    throw error;
  }
  replayWords(store, tokens);
  await inTurns(replayDocuments(store, changed, tokens, vectors));
  await opened.index.refreshRules();
  opened.seen = last;
  return vectors === null || vectors.tombstones <= Math.max(fewTombstones, vectors.size);
}

/**
 * Opens an index for searching as openIndex does, and follows what another process writes to it: it looks at the store every `everyMs` and takes
 * later commits in, and a weight of the fusion, settings of searching or a ranker that were changed since. Where the store has forgotten what these touched, where another generation
 * became the active one, and where the index was made again, also with another model or without one, it is opened anew with what lies beside it; searches that are under way end on the one that
 * they began on. What cannot be opened is not taken up: the index goes on answering as it was, and `fault` says why.
 * @throws TandemError as openIndex, and what the companions throw
 */
export async function followIndex<C extends Companions>(
  folder: string,
  options: FollowOptions<C>,
): Promise<FollowingIndex<C>> {
  const { everyMs = defaultEveryMs, onFailure = () => undefined, onTaken = () => undefined, openScorer } = options;
  // of all openings: a page is asked for after the next one too
  const { cursors = createCursorCache() } = options;
  let current = await openNow(folder, options, cursors);
  let looked = performance.now();
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let failure: Failure | undefined;
  let closed = false;

  async function catchUp(): Promise<void> {
    const followed = current;
    followed.users++;
    try {
      const known = await takeIn(followed);
      if (known && (await inodeOf(folder)) === followed.inode && (await takeOverRanking(followed))) {
        failure = undefined;
        return;
      }
    } finally {
      await release(followed);
    }
    await takeUp(followed);
  }

  /** Opens what stands in the folder now, and searches it from now on. */
  async function takeUp(followed: Opened<C>): Promise<void> {
    if (failure === undefined) await swapped(folder);
    const standing = await standingIn(folder);
    const same = failure?.standing === standing ? failure : undefined;
    if (same !== undefined && performance.now() < same.tryAgainAt) return;
    try {
      const next = await openNow(folder, options, cursors);
      current = next;
      failure = undefined;
      onTaken(next.parts.manifest);
    } catch (error) {
      if ((await standingIn(folder)) !== standing) return await takeUp(followed); // it was swapped while it was opened
      fail(asTandemError(error), standing, same);
      return;
    }
    await retire(followed);
  }

  function fail(error: TandemError, standing: string, before: Failure | undefined): void {
    const waitMs = Math.min(longestWaitMs, 2 * (before?.waitMs ?? everyMs));
    failure = { error, standing, waitMs, tryAgainAt: performance.now() + waitMs };
    if (before?.error.message !== error.message) onFailure(error);
  }

  /** @returns false where another generation is active, which has all of its own */
  async function takeOverRanking(opened: Opened<C>): Promise<boolean> {
    const { manifest } = opened.index;
    const present = await readManifest(folder);
    if (present.generation !== manifest.generation) return false;
    const { ranker: sha256, fusionClasses } = present;
    const { fusionWeight } = present.indexing;
    const settings = settingsOf(present);
    const rankingOf = ({ indexing, ...of }: Manifest): string =>
      JSON.stringify([indexing.fusionWeight, of.fusionClasses ?? null, of.ranker ?? null]);
    if (rankingOf(present) === rankingOf(manifest) && sameSettings(settings, settingsOf(manifest))) return true;
    const ranker = sha256 === manifest.ranker ? opened.parts.ranker : await loadRanker(folder, present, openScorer);
    const weighed = { ...manifest, indexing: { ...manifest.indexing, fusionWeight }, fusionClasses, ranker: sha256 };
    const changed = { ...withSettings(weighed, settings), golden: present.golden };
    opened.parts = { ...opened.parts, manifest: changed, ranker };
    opened.index = searchParts(opened.parts, opened.companions.embedder, cursors);
    return true;
  }

  /** Takes in what is news now; a failure is told, not thrown. */
  function takeNews(): Promise<void> {
    looked = performance.now();
    running = catchUp()
      .catch((error: unknown) => fail(asTandemError(error), '', failure))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  /** The same behind what is being taken in, once for all who wait. */
  function takeLaterNews(): Promise<void> {
    if (running === undefined) return takeNews();
    queued ??= running.then(() => {
      queued = undefined;
      return takeNews();
    });
    return queued;
  }

  /** Looks for news, unless it was done a moment ago or goes on already. */
  async function look(): Promise<void> {
    if (closed || running !== undefined || performance.now() - looked < everyMs) return;
    const news = takeNews();
    const waiting = new AbortController();
    await Promise.race([news, delay(patienceMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
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

  // somebody who only embeds queries, or watches, follows too
  const timer = everyMs === 0 ? undefined : setInterval(() => void look(), everyMs).unref();

  const forwarded = forwardIndex(() => current.index, using);
  const beside: Pick<FollowingIndex<C>, 'companions' | 'embedder' | 'caughtUp' | 'figures' | 'status' | 'close'> = {
    get companions() {
      return current.companions;
    },
    get embedder() {
      return current.embedder;
    },
    caughtUp: async sequence => {
      // what is being taken in now may have begun before it
      for (let looks = 0; looks < 2 && current.seen < sequence; looks++) await takeLaterNews();
      if (current.seen < sequence)
        throw failure?.error ?? new TandemError('server/not-ready', `commit ${sequence} is not in the index`);
    },
    figures: () => {
      const { index, parts, seen } = current;
      return { ...index.figures(), commit: seen, behind: parts.store.sequence() - seen };
    },
    // why what stands in the folder is not what is searched
    status: () => using(async index => ({ ...(await index.status()), fault: failure?.error })),
    close: async () => {
      closed = true;
      clearInterval(timer);
      await (queued ?? running);
      await retire(current);
    },
  };
  return withMembers(forwarded, beside);
}
