import { join } from 'node:path';
import { writeFolderAtomically, writeWhole } from '../files/atomic.js';
import type { Candidate } from '../ranking/candidate.js';
import { asCosine, innerProduct, isZero } from './cosine.js';
import { readGraphHeader, readGraphRows } from './hnsw-file.js';
import {
  checkRows,
  damagedVectors,
  type HeaderOf,
  headerFormat,
  readFully,
  withVectorFile,
  writeVectorHeader,
} from './persist.js';
import { createTopK } from './top-k.js';
import { acceptanceOf, type VectorIndex, type VectorSearchOptions } from './vector-index.js';

const fileName = 'vectors.f32';

/** Rows side by side in one typed array, the hole of a removed row filled with the last one. */
class FlatIndex implements VectorIndex {
  readonly kind = 'flat';
  readonly tombstones = 0;
  private readonly rowOf = new Map<string, number>();

  constructor(
    readonly width: number,
    private ids: string[],
    private rows: Float32Array,
  ) {
    ids.forEach((id, row) => {
      this.rowOf.set(id, row);
    });
  }

  get size(): number {
    return this.ids.length;
  }

  has(id: string): boolean {
    return this.rowOf.has(id);
  }

  add(ids: readonly string[], vectors: Float32Array): void {
    checkRows(ids.length, vectors, this.width);
    this.reserve(this.ids.length + ids.length);
    ids.forEach((id, i) => {
      const vector = vectors.subarray(i * this.width, (i + 1) * this.width);
      if (isZero(vector)) {
        this.remove(id);
        return;
      }
      const row = this.rowOf.get(id) ?? this.ids.length;
      this.rows.set(vector, row * this.width);
      this.ids[row] = id;
      this.rowOf.set(id, row);
    });
  }

  remove(id: string): boolean {
    const row = this.rowOf.get(id);
    if (row === undefined) return false;
    const last = this.ids.length - 1;
    const moved = this.ids[last];
    this.rows.copyWithin(row * this.width, last * this.width, (last + 1) * this.width);
    this.ids[row] = moved;
    this.rowOf.set(moved, row);
    this.rowOf.delete(id);
    this.ids.pop();
    return true;
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Candidate[] {
    checkRows(1, query, this.width);
    const accept = acceptanceOf(options);
    if (isZero(query)) return [];
    const best = createTopK(k, (a, b) => this.ids[a] < this.ids[b]);
    for (let row = 0; row < this.ids.length; row++) {
      if (accept === undefined || accept(this.ids[row])) best.offer(row, asCosine(innerProduct(query, this.rows, row)));
    }
    return best.take().map(({ row, score }) => ({ id: this.ids[row], score }));
  }

  save(folder: string): Promise<void> {
    const ids = [...this.ids];
    const rows = this.rows.slice(0, ids.length * this.width);
    return writeFolderAtomically(folder, async temporary => {
      await writeWhole(join(temporary, fileName), new Uint8Array(rows.buffer));
      await writeVectorHeader(temporary, { format: headerFormat, kind: 'flat', width: this.width, ids });
    });
  }

  private reserve(rows: number): void {
    if (rows * this.width <= this.rows.length) return;
    const grown = new Float32Array(Math.max(rows, 2 * this.ids.length) * this.width);
    grown.set(this.rows);
    this.rows = grown;
  }
}

/** An empty exact index. @param width  D, >= 1 */
export const createFlatIndex = (width: number): VectorIndex => new FlatIndex(width, [], new Float32Array(0));

/** @throws TandemError 'index/damaged' */
export async function loadFlatIndex(folder: string, header: HeaderOf<'flat'>): Promise<VectorIndex> {
  const path = join(folder, fileName);
  const rows = new Float32Array(header.ids.length * header.width);
  await withVectorFile(path, async file => {
    const { size } = await file.stat();
    if (size !== rows.byteLength) throw damagedVectors(path, `${size} bytes where ${rows.byteLength} belong`);
    await readFully(file, new Uint8Array(rows.buffer), 0);
  });
  return new FlatIndex(header.width, [...header.ids], rows);
}

/**
 * Loads the embeddings of a graph into an exact index, for where hnswlib is not installed.
 * @throws TandemError 'index/damaged'
 */
export async function loadFlatFromGraph(folder: string): Promise<VectorIndex> {
  const { path, header, shape } = await readGraphHeader(folder);
  const rows = await readGraphRows(path, shape);
  const index = createFlatIndex(header.width);
  for (const [node, members] of header.ids.entries()) {
    const row = rows.subarray(node * header.width, (node + 1) * header.width);
    for (const id of [members ?? []].flat()) index.add([id], row);
  }
  return index;
}
