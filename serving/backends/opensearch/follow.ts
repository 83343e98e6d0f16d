import { asTandemError, TandemError } from '../../../src/errors/tandem-error.js';
import type { Filter } from '../../../src/query/filter.js';
import type { ChangeWriter, FilteredReader, IndexWriter, SearchBackend } from '../../../src/search/backend.js';
import { openCluster } from './cluster.js';
import { indexNames } from './names.js';
import { type ClusterIndex, type OpenOptions, openClusterIndex } from './open.js';

/** An index of a cluster for as long as a service runs: opened when the cluster is there, and again when the name leads to another generation. */
export interface FollowedIndex extends SearchBackend, IndexWriter {
  /** told of each generation that is taken up */
  readonly generation: () => string | undefined;
}

export interface FollowOptions extends OpenOptions {
  readonly onTaken?: (index: ClusterIndex) => void;
}

/** What a name leads to. */
interface Led {
  readonly mappings?: { readonly _meta?: { readonly created?: string } };
}

/** Between two looks at what the name leads to, and between two tries to open what cannot be opened, milliseconds. */
const lookedAfterMs = 1_000;
const triedAfterMs = 500;
/** For which what is no longer taken stays open, milliseconds. */
const answeredByMs = 60_000;

/** What comes of a generation that is gone, or that the name no longer leads to. */
const isGone = (error: unknown): boolean => error instanceof TandemError && error.code === 'index/not-found';

/** Nothing is asked before somebody searches: a service starts before its cluster, and answers when that is there. */
export function followClusterIndex(options: FollowOptions): FollowedIndex {
  const names = indexNames(options.index);
  const cluster = openCluster(options);
  let current: ClusterIndex | undefined;
  let opening: Promise<ClusterIndex> | undefined;
  let looked = 0;
  let failed: { readonly error: TandemError; readonly until: number } | undefined;
  let closed = false;

  /** What began on it is answered by then. */
  const closeLater = (index: ClusterIndex): void => void setTimeout(() => void index.close(), answeredByMs).unref();

  const open = async (): Promise<ClusterIndex> => {
    try {
      const index = await openClusterIndex(options);
      const before = current;
      [current, failed, looked] = [index, undefined, performance.now()];
      if (closed) await index.close();
      if (before !== undefined) closeLater(before);
      options.onTaken?.(index);
      return index;
    } catch (error) {
      failed = { error: asTandemError(error), until: performance.now() + triedAfterMs };
      throw failed.error;
    } finally {
      opening = undefined;
    }
  };

  const openAgain = async (): Promise<ClusterIndex> => {
    if (opening === undefined && failed !== undefined && performance.now() < failed.until) throw failed.error;
    opening ??= open();
    return opening;
  };

  /** Looks whether the name leads to the same generation still. What cannot be told now is told later. */
  const look = async (): Promise<void> => {
    const asked = current;
    const found = await cluster
      .ask<Readonly<Record<string, Led>>>('GET', `/${names.alias}/_mapping`, undefined, {
        query: { filter_path: '*.mappings._meta.created' },
      })
      .catch(() => undefined);
    if (found === undefined || asked === undefined || asked !== current) return;
    const led = found[asked.generation];
    if (led?.mappings?._meta?.created === asked.meta.created) return;
    // another one of its name has come into its place: documents of another model, perhaps
    if (led !== undefined) {
      current = undefined;
      closeLater(asked);
    }
    await openAgain().catch(() => undefined);
  };

  const present = async (): Promise<ClusterIndex> => {
    if (current === undefined) return openAgain();
    if (performance.now() - looked > lookedAfterMs) {
      looked = performance.now();
      void look();
    }
    return current;
  };

  async function using<T>(work: (index: ClusterIndex) => Promise<T>): Promise<T> {
    const index = await present();
    try {
      return await work(index);
    } catch (error) {
      if (!isGone(error)) throw error;
      const next = current === index ? await openAgain() : await present();
      if (next.generation === index.generation) throw error;
      return work(next);
    }
  }

  const reader = (of: (index: ClusterIndex) => FilteredReader): FilteredReader => ({
    search: request => using(index => of(index).search(request)),
    next: (cursor, k) => using(index => of(index).next(cursor, k)),
    explain: (request, id) => using(index => of(index).explain(request, id)),
    get: id => using(index => of(index).get(id)),
    count: () => using(index => of(index).count()),
    complete: request => using(index => of(index).complete(request)),
  });
  const writer = (of: (index: ClusterIndex) => ChangeWriter): ChangeWriter => ({
    write: changes => using(index => of(index).write(changes)),
    writeEach: changes => using(index => of(index).writeEach(changes)),
    deleteMatching: (filter, given) => using(index => of(index).deleteMatching(filter, given)),
  });
  return {
    generation: () => current?.generation,
    ...reader(index => index),
    ...writer(index => index),
    filteredReader: (filter: Filter) => reader(index => index.filteredReader(filter)),
    filteredWriter: (filter: Filter) => writer(index => index.filteredWriter(filter)),
    status: () =>
      using(index => index.status()).catch(error => ({ modes: ['token'] as const, fault: asTandemError(error) })),
    analyze: (text, language) => using(index => index.analyze(text, language)),
    dictionary: () => using(index => index.dictionary()),
    synonyms: () => using(index => index.synonyms()),
    rules: () => using(index => index.rules()),
    setDictionary: words => using(index => index.setDictionary(words)),
    setSynonyms: rules => using(index => index.setSynonyms(rules)),
    setRules: rules => using(index => index.setRules(rules)),
    close: async () => {
      closed = true;
      await opening?.catch(() => undefined);
      await current?.close();
      await cluster.close();
    },
  };
}
