import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Candidate } from '../ranking/candidate.js';
import type { AcceptedIds } from './accepted-nodes.js';
import { asCosine, innerProduct, isZero } from './cosine.js';
import { checkRows } from './persist.js';
import { createTopK } from './top-k.js';
import { acceptanceOf, type VectorIndex, type VectorSearchOptions } from './vector-index.js';

/** Embeddings taken into a graph in one turn of the event loop: some milliseconds, so that searches get their turns. */
const sliceSize = 16;
/** The same where other threads link them: here they are only placed. */
const threadSlice = 128;
/** Embeddings that are linked in this thread as they come, in so many milliseconds; what is more waits for other threads. */
const atOnce = { embeddings: 4, ms: 50 };

/**
 * A vector index that is written to while it is searched, saved or rebuilt. What is added faster than it can be linked, or while the base is being saved, lies beside it and is
 * scanned until other threads have taken it in. Every search sees every write.
 */
export class LiveVectors implements VectorIndex {
  /** by id, not yet in the base */
  private readonly recent = new Map<string, Float32Array>();
  /** while it is being saved nothing is added to the base */
  private still = false;
  private work: Promise<void> | undefined;
  /** takes what is recent into the base */
  private warned = false;
  private moving: Promise<void> | undefined;
  /** ids that changed since a rebuild began; undefined when there is none */
  private changed: Set<string> | undefined;
  private linkedAt = 0;
  private linkedLately = 0;

  constructor(private base: VectorIndex) {}

  get kind(): VectorIndex['kind'] {
    return this.base.kind;
  }
  get width(): number {
    return this.base.width;
  }
  get tombstones(): number {
    return this.base.tombstones;
  }
  get size(): number {
    let { size } = this.base;
    for (const id of this.recent.keys()) if (!this.base.has(id)) size++;
    return size;
  }
  /** whether it is being saved or rebuilt */
  get busy(): boolean {
    return this.work !== undefined;
  }
  /** Resolves when no save or rebuild goes on, whatever came of it. */
  async settled(): Promise<void> {
    while (this.work !== undefined) await this.work.catch(() => undefined);
  }
  /** Resolves when the base has taken in what lies beside it, or could not: while writes go on that may never be. */
  async linked(): Promise<void> {
    while (this.moving !== undefined) await this.moving.catch(() => undefined);
  }

  has(id: string): boolean {
    return this.recent.has(id) || this.base.has(id);
  }

  add(ids: readonly string[], vectors: Float32Array): void {
    checkRows(ids.length, vectors, this.width);
    for (const id of ids) this.changed?.add(id);
    if (!this.still && this.moving === undefined && this.recent.size === 0 && this.canLinkNow(ids.length)) {
      this.base.add(ids, vectors);
      return;
    }
    for (const [i, id] of ids.entries()) {
      const vector = vectors.slice(i * this.width, (i + 1) * this.width);
      this.recent.delete(id); // the latest stand last
      this.base.remove(id);
      if (!isZero(vector)) this.recent.set(id, vector);
    }
    this.move();
  }

  remove(id: string): boolean {
    this.changed?.add(id);
    const wasRecent = this.recent.delete(id);
    return this.base.remove(id) || wasRecent;
  }

  *preparing(among: AcceptedIds): Generator<number, void> {
    yield* this.base.preparing?.(among) ?? [];
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Candidate[] {
    return withRecent(this.base.search(query, k, options), this.recent, query, k, options);
  }

  get nearestInThread(): VectorIndex['nearestInThread'] {
    const { base } = this;
    if (base.nearestInThread === undefined) return undefined;
    return async (query, k) => {
      const recent = new Map(this.recent); // what is linked meanwhile the base was not asked for
      return withRecent((await base.nearestInThread?.(query, k)) ?? [], recent, query, k, {});
    };
  }

  /**
   * Does work that adds and removes much: searches see all of it when this returns, and the base takes it in afterwards.
   * @throws what the work throws; then the index must not be used any more
   */
  addingLater<T>(work: () => T): T {
    const wasStill = this.still;
    this.still = true;
    try {
      return work();
    } catch (error) {
      this.abandon();
      throw error;
    } finally {
      this.still = wasStill;
      this.move();
    }
  }

  abandon(): void {
    this.recent.clear();
  }

  /** What is saved has all that was added before the call. Await `settled` first: one save or rebuild at a time. */
  save(folder: string): Promise<void> {
    return this.alone(async () => {
      this.still = true;
      try {
        await this.moving?.catch(() => undefined);
        await this.takeIn([...this.recent]);
        await this.base.save(folder);
      } finally {
        this.still = false;
        this.move();
      }
    });
  }

  /**
   * Puts another index in place of the base, made by other threads while this one goes on answering and taking writes.
   * @param make       an empty index
   * @param embedding  what an id has at the moment; undefined = it is gone
   */
  rebuild(
    make: () => VectorIndex,
    ids: readonly string[],
    embedding: (id: string) => Float32Array | undefined,
  ): Promise<void> {
    return this.alone(async () => {
      const changed = new Set<string>();
      this.changed = changed;
      try {
        const made = make();
        const slice = made.addInThreads === undefined ? sliceSize : threadSlice;
        for (let from = 0; from < ids.length; from += slice) {
          await addTo(made, present(ids.slice(from, from + slice), embedding));
          await nextTurn();
        }
        while (changed.size > sliceSize) {
          const some = [...changed].slice(0, slice);
          for (const id of some) changed.delete(id);
          await renew(made, some, embedding);
          await nextTurn();
        }
        // no write comes between these and the switch
        for (const id of changed) {
          const vector = embedding(id);
          if (vector === undefined) made.remove(id);
          else made.add([id], vector);
        }
        for (const id of this.recent.keys()) made.remove(id);
        this.base = made;
      } finally {
        this.changed = undefined;
      }
    });
  }

  /** Whether so many more can be linked in this thread, which keeps searches waiting. */
  private canLinkNow(count: number): boolean {
    if (this.base.addInThreads === undefined) return true;
    const now = performance.now();
    if (now - this.linkedAt > atOnce.ms) {
      this.linkedAt = now;
      this.linkedLately = 0;
    }
    this.linkedLately += count;
    return this.linkedLately <= atOnce.embeddings;
  }

  private alone(action: () => Promise<void>): Promise<void> {
    if (this.work !== undefined) return Promise.reject(new Error('vectors are being saved or rebuilt'));
    const work = action().finally(() => {
      this.work = undefined;
    });
    this.work = work;
    return work;
  }

  private move(): void {
    if (this.moving !== undefined || this.still || this.recent.size === 0) return;
    const moving = this.moveAll().finally(() => {
      this.moving = undefined;
    });
    this.moving = moving;
    // what is not taken in lies beside the base and is found there; the next write tries again
    moving.catch((reason: unknown) => {
      if (!this.warned)
        process.emitWarning(
          `embeddings are searched one by one, for the thread that links them has failed: ${String(reason)}`,
        );
      this.warned = true;
    });
  }

  private async moveAll(): Promise<void> {
    while (this.recent.size > 0 && !this.still) {
      await nextTurn();
      await this.takeIn([...this.recent].slice(0, threadSlice));
    }
  }

  /** Moves some of what is recent into the base, as far as it is still the same. */
  private async takeIn(entries: readonly (readonly [string, Float32Array])[]): Promise<void> {
    const { base } = this;
    const slice = base.addInThreads === undefined ? sliceSize : threadSlice;
    for (let from = 0; from < entries.length; from += slice) {
      const some = entries.slice(from, from + slice).filter(([id, vector]) => this.recent.get(id) === vector);
      await addTo(base, some);
      if (this.base !== base) return;
      for (const [id, vector] of some) if (this.recent.get(id) === vector) this.recent.delete(id);
      await nextTurn();
    }
  }
}

type Entries = readonly (readonly [string, Float32Array])[];

const present = (ids: readonly string[], embedding: (id: string) => Float32Array | undefined): Entries =>
  ids.flatMap((id): Entries => {
    const vector = embedding(id);
    return vector === undefined ? [] : [[id, vector]];
  });

/** Adds embeddings by other threads where that is possible, but for one core: searches go on here. */
async function addTo(index: VectorIndex, entries: Entries): Promise<void> {
  if (entries.length === 0) return;
  const rows = new Float32Array(entries.length * index.width);
  for (const [row, [, vector]] of entries.entries()) rows.set(vector, row * index.width);
  const ids = entries.map(([id]) => id);
  if (index.addInThreads === undefined) index.add(ids, rows);
  else await index.addInThreads(ids, rows, { beside: true });
}

/** Makes ids what they are at the moment. */
async function renew(
  index: VectorIndex,
  ids: readonly string[],
  embedding: (id: string) => Float32Array | undefined,
): Promise<void> {
  const there = present(ids, embedding);
  const known = new Set(there.map(([id]) => id));
  for (const id of ids) if (!known.has(id)) index.remove(id);
  await addTo(index, there);
}

type Recent = ReadonlyMap<string, Float32Array>;

/** The k nearest of what the base found and of what lies beside it. */
function withRecent(
  found: Candidate[],
  recent: Recent,
  query: Float32Array,
  k: number,
  options: VectorSearchOptions,
): Candidate[] {
  if (recent.size === 0 || isZero(query)) return found;
  // what is being linked may be in the base already
  const all = [...found.filter(({ id }) => !recent.has(id)), ...nearestRecent(recent, query, k, options)];
  return all.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);
}

function nearestRecent(recent: Recent, query: Float32Array, k: number, options: VectorSearchOptions): Candidate[] {
  const accept = acceptanceOf(options);
  const ids = [...recent.keys()];
  const best = createTopK(k, (a, b) => ids[a] < ids[b]);
  ids.forEach((id, row) => {
    const vector = recent.get(id);
    if (vector === undefined || (accept !== undefined && !accept(id))) return;
    best.offer(row, asCosine(innerProduct(query, vector, 0)));
  });
  return best.take().map(({ row, score }) => ({ id: ids[row], score }));
}
