import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Candidate } from '../ranking/candidate.js';
import type { AcceptedIds } from './accepted-nodes.js';
import { asCosine, innerProduct, isZero } from './cosine.js';
import { checkRows } from './persist.js';
import { createTopK } from './top-k.js';
import { acceptanceOf, type VectorIndex, type VectorSearchOptions } from './vector-index.js';

/** Embeddings taken into a graph in one turn of the event loop: some milliseconds, so that searches get their turns. */
const sliceSize = 16;
/** Embeddings that other threads take into a graph in one go, where so many lie beside it. */
const stretchSize = 1_024;

/**
 * A vector index that is written to while it is being saved or rebuilt. For that time the base stands still: what is added lies beside it and is
 * scanned, what is removed is hidden; afterwards both are taken into the base, slice by slice. Every search sees every write.
 */
export class LiveVectors implements VectorIndex {
  /** by id, not yet in the base */
  private readonly recent = new Map<string, Float32Array>();
  /** in the base, but replaced or removed since */
  private hidden = new Set<string>();
  private still = false;
  private work: Promise<void> = Promise.resolve();

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
    return this.base.size - this.hidden.size + this.recent.size;
  }
  /** whether it is being saved or rebuilt */
  get busy(): boolean {
    return this.still;
  }
  /** Resolves when no save or rebuild goes on, whatever came of it. */
  async settled(): Promise<void> {
    while (this.still) await this.work.catch(() => undefined);
  }

  has(id: string): boolean {
    return this.recent.has(id) || (this.base.has(id) && !this.hidden.has(id));
  }

  add(ids: readonly string[], vectors: Float32Array): void {
    if (!this.still) {
      this.base.add(ids, vectors);
      return;
    }
    checkRows(ids.length, vectors, this.width);
    ids.forEach((id, i) => {
      const vector = vectors.slice(i * this.width, (i + 1) * this.width);
      if (isZero(vector)) this.recent.delete(id);
      else this.recent.set(id, vector);
      if (this.base.has(id)) this.hidden.add(id);
    });
  }

  remove(id: string): boolean {
    if (!this.still) return this.base.remove(id);
    const known = this.has(id);
    this.recent.delete(id);
    if (this.base.has(id)) this.hidden.add(id);
    return known;
  }

  *preparing(among: AcceptedIds): Generator<number, void> {
    yield* this.base.preparing?.(among) ?? [];
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Candidate[] {
    if ((this.recent.size === 0 && this.hidden.size === 0) || isZero(query)) return this.base.search(query, k, options);
    const { ef } = options;
    const { hidden } = this;
    const accept = acceptanceOf(options);
    const visible = (id: string): boolean => !hidden.has(id) && (accept === undefined || accept(id));
    const found = [...this.base.search(query, k, { ef, accept: visible }), ...this.searchRecent(query, k, accept)];
    return found.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);
  }

  /**
   * Does work that adds and removes much: searches see all of it when this returns, and the base takes it in slice by slice afterwards.
   * @throws what the work throws; then the index must not be used any more
   */
  addingLater<T>(work: () => T): T {
    this.still = true;
    try {
      const done = work();
      this.work = this.takeIn();
      return done;
    } catch (error) {
      this.abandon();
      this.still = false;
      throw error;
    }
  }

  abandon(): void {
    this.recent.clear();
    this.hidden.clear();
  }

  /** What is saved is the index as it is at the call. Await `settled` first: one save or rebuild at a time. */
  save(folder: string): Promise<void> {
    return this.holdStill(() => this.base.save(folder));
  }

  /**
   * Puts another index in place of the base, made slice by slice while this one goes on answering.
   * @param make       an empty index
   * @param embedding  what an id has at the moment; undefined = it is gone
   */
  rebuild(
    make: () => VectorIndex,
    ids: readonly string[],
    embedding: (id: string) => Float32Array | undefined,
  ): Promise<void> {
    return this.holdStill(async () => {
      const made = make();
      for (let from = 0; from < ids.length; from += sliceSize) {
        for (const id of ids.slice(from, from + sliceSize)) {
          const vector = embedding(id);
          if (vector !== undefined) made.add([id], vector);
        }
        await nextTurn();
      }
      const changed = [...this.hidden, ...this.recent.keys()];
      this.hidden = new Set(changed.filter(id => made.has(id)));
      this.base = made;
    });
  }

  private searchRecent(query: Float32Array, k: number, accept: VectorSearchOptions['accept']): Candidate[] {
    const ids = [...this.recent.keys()];
    const best = createTopK(k, (a, b) => ids[a] < ids[b]);
    ids.forEach((id, row) => {
      const vector = this.recent.get(id);
      if (vector === undefined || (accept !== undefined && !accept(id))) return;
      best.offer(row, asCosine(innerProduct(query, vector, 0)));
    });
    return best.take().map(({ row, score }) => ({ id: ids[row], score }));
  }

  private holdStill(action: () => Promise<void>): Promise<void> {
    if (this.still) return Promise.reject(new Error('vectors are being saved or rebuilt'));
    this.still = true;
    const work = action().finally(() => this.takeIn());
    this.work = work;
    return work;
  }

  /** @returns whether it could be done */
  private async takeInByThreads(): Promise<boolean> {
    const taken = first(this.recent, stretchSize);
    const vectors = new Float32Array(taken.length * this.width);
    taken.forEach(([, vector], i) => {
      vectors.set(vector, i * this.width);
    });
    // the base has them from now on, and finds some of them before it has linked all
    for (const [id] of taken) this.hidden.add(id);
    await this.base.addInThreads?.(
      taken.map(([id]) => id),
      vectors,
    );
    for (const [id, vector] of taken) {
      // what was written meanwhile is taken in later
      if (this.recent.get(id) !== vector) continue;
      this.recent.delete(id);
      this.hidden.delete(id);
    }
    return true;
  }

  /** Moves what lies beside the base into it; new writes go on lying beside it until nothing is left. */
  private async takeIn(): Promise<void> {
    let canUseThreads = this.base.addInThreads !== undefined;
    while (this.recent.size > 0 || this.hidden.size > 0) {
      if (canUseThreads && this.recent.size >= stretchSize) {
        // what they have not linked is linked here, slice by slice
        canUseThreads = await this.takeInByThreads().catch(() => false);
        continue;
      }
      for (const [id, vector] of first(this.recent, sliceSize)) {
        this.base.add([id], vector);
        this.recent.delete(id);
        this.hidden.delete(id);
      }
      // what is replaced is taken in above, in its turn
      for (const id of first(this.hidden, sliceSize)) {
        if (this.recent.has(id)) continue;
        this.base.remove(id);
        this.hidden.delete(id);
      }
      await nextTurn();
    }
    this.still = false;
  }
}

function first<T>(all: Iterable<T>, most: number): T[] {
  const found: T[] = [];
  for (const each of all) {
    if (found.length === most) break;
    found.push(each);
  }
  return found;
}
