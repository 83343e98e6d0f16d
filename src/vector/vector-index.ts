import type { Candidate } from '../ranking/candidate.js';
import type { AcceptedIds } from './accepted-nodes.js';

export interface VectorSearchOptions {
  /** breadth of an approximate search, >= 1; an exact index passes over it */
  readonly ef?: number;
  /** only ids for which this holds are returned */
  readonly accept?: (id: string) => boolean;
  /** only these are returned; a graph is faster with them than with `accept` */
  readonly among?: AcceptedIds;
}

/** Both conditions as one; undefined where there is none. */
export function acceptanceOf({ accept, among }: VectorSearchOptions): VectorSearchOptions['accept'] {
  if (among === undefined || accept === undefined) return accept ?? among?.has;
  return id => among.has(id) && accept(id);
}

export type VectorKind = 'flat' | 'int4-hnsw' | 'hnsw';

/** Whether vectors are searched through a graph, which may miss some. */
export const isGraph = (kind: VectorKind | null | undefined): boolean => kind === 'int4-hnsw' || kind === 'hnsw';

/** Embeddings by document id; `flat` answers exactly, `int4-hnsw` and `hnsw` approximately, all under test/contract/vector-index.ts. */
export interface VectorIndex {
  readonly kind: VectorKind;
  /** live ids; documents whose embedding is all zeros are not among them */
  readonly size: number;
  /** D */
  readonly width: number;
  /** places that removed and replaced embeddings still take; a rebuilt index has none */
  readonly tombstones: number;
  has(id: string): boolean;
  /**
   * Adds embeddings, or replaces those of ids that are known; within one call the later one wins. A row of zeros says that there was nothing
   * to embed: its id has no place here, and is removed where it had one.
   * @param vectors  float32 [n * D], row-major, each row L2-normalised
   * @throws TandemError 'internal' when the length is not n * D or a value is not finite; then nothing is added
   */
  add(ids: readonly string[], vectors: Float32Array): void;
  /**
   * The same where other threads can do the work, while searches go on here; nothing else is added until it is done, but ids may be removed. What comes of it is the same. What is added
   * may be found before it is done.
   * @param how.beside  a core is left for what goes on here
   */
  addInThreads?(ids: readonly string[], vectors: Float32Array, how?: { readonly beside?: boolean }): Promise<void>;
  /** @returns whether the id was there */
  remove(id: string): boolean;
  /** Gets ready for searches among some documents, work that tells its units (src/search/turns.ts); they do it themselves where nobody did. */
  preparing?(among: AcceptedIds): Generator<number, void>;
  /**
   * The k nearest by inner product, which is the cosine of normalised vectors: scores in [-1, 1], best first, ties by id (code units).
   * Never fewer than k while so many are accepted; none for a query of zeros.
   * @param query  float32 [D], L2-normalised
   * @throws TandemError 'internal' when the length is not D
   */
  search(query: Float32Array, k: number, options?: VectorSearchOptions): Candidate[];
  /**
   * The k nearest by a comparison of all, in another thread: exact, but for what codes of the first 256 leave out. For looking at what `search` finds.
   * @param query  float32 [D], L2-normalised
   */
  nearestInThread?(query: Float32Array, k: number): Promise<Candidate[]>;
  /** Ends work that goes on behind it: nobody asks it any more. */
  abandon?(): void;
  /** Writes the folder whole or not at all, as the index is at the call; until it is done nothing may be added, but ids may be removed. @throws TandemError 'files/disk-full' | 'files/write-failed' */
  save(folder: string): Promise<void>;
}
