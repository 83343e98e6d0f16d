import { open } from 'node:fs/promises';
import { join } from 'node:path';
import hnswlib, { type HierarchicalNSW } from 'hnswlib-node';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically } from '../files/atomic.js';
import type { Candidate } from '../lexical/candidate.js';
import { asCosine } from './cosine.js';
import { checkHnswFile } from './hnsw-file.js';
import { checkRows, damagedVectors, type HnswParameters, readVectorHeader, writeVectorHeader } from './persist.js';
import type { VectorIndex, VectorSearchOptions } from './vector-index.js';

const fileName = 'vectors.hnsw';
/** The levels of the graph are drawn with it: the same insertions in the same order give the same file. */
const seed = 100;

/** The graph of hnswlib; label i is the i-th insertion, a replaced or removed id leaves its label behind as a tombstone. */
class HnswIndex implements VectorIndex {
  readonly kind = 'hnsw';
  private readonly labelOf = new Map<string, number>();

  constructor(
    readonly width: number,
    private readonly parameters: HnswParameters,
    private readonly graph: HierarchicalNSW,
    private readonly ids: (string | null)[],
  ) {
    ids.forEach((id, label) => {
      if (id !== null) this.labelOf.set(id, label);
    });
  }

  get size(): number {
    return this.labelOf.size;
  }

  get tombstones(): number {
    return this.ids.length - this.labelOf.size;
  }

  has(id: string): boolean {
    return this.labelOf.has(id);
  }

  add(ids: readonly string[], vectors: Float32Array): void {
    checkRows(ids.length, vectors, this.width);
    const needed = this.ids.length + ids.length;
    if (needed > this.graph.getMaxElements()) this.graph.resizeIndex(Math.max(needed, 2 * this.ids.length));
    ids.forEach((id, i) => {
      this.remove(id);
      const label = this.ids.length;
      this.graph.addPoint(Array.from(vectors.subarray(i * this.width, (i + 1) * this.width)), label);
      this.ids.push(id);
      this.labelOf.set(id, label);
    });
  }

  remove(id: string): boolean {
    const label = this.labelOf.get(id);
    if (label === undefined) return false;
    this.graph.markDelete(label);
    this.ids[label] = null;
    return this.labelOf.delete(id);
  }

  search(query: Float32Array, k: number, { ef, accept }: VectorSearchOptions = {}): Candidate[] {
    checkRows(1, query, this.width);
    const wanted = Math.min(k, this.size);
    if (wanted === 0) return [];
    this.graph.setEf(Math.max(ef ?? this.parameters.ef, wanted));
    const holds =
      accept &&
      ((label: number): boolean => {
        const id = this.ids[label];
        return id !== null && accept(id);
      });
    const { neighbors, distances } = this.graph.searchKnn(Array.from(query), wanted, holds);
    return neighbors
      .flatMap((label, i) => {
        const id = this.ids[label];
        return id === null ? [] : [{ id, score: asCosine(1 - distances[i]) }]; // hnswlib's distance is 1 - inner product
      })
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  }

  save(folder: string): Promise<void> {
    return writeFolderAtomically(folder, async temporary => {
      await writeGraph(this.graph, join(temporary, fileName));
      await writeVectorHeader(temporary, {
        format: 1,
        kind: 'hnsw',
        width: this.width,
        ids: this.ids,
        parameters: this.parameters,
      });
    });
  }
}

/** hnswlib does not say when the disk is full: what lies there afterwards is looked at. */
async function writeGraph(graph: HierarchicalNSW, path: string): Promise<void> {
  await graph.writeIndex(path);
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await checkHnswFile(path);
  } catch (error) {
    throw new TandemError(
      'files/disk-full',
      `${path}: less arrived on the disk than was written`,
      { path },
      { cause: error },
    );
  }
}

/**
 * An empty HNSW index (Malkov & Yashunin, 2018) over inner products of normalised vectors.
 * The same vectors added in the same order give the same graph. Where more than k equal scores stand at the end of a result,
 * which of them are in it is up to the graph.
 * @param width  D, >= 1
 */
export function createHnswIndex(width: number, { m, efConstruction, ef }: HnswParameters): VectorIndex {
  const graph = new hnswlib.HierarchicalNSW('ip', width);
  graph.initIndex({ maxElements: 1024, m, efConstruction, randomSeed: seed });
  return new HnswIndex(width, { m, efConstruction, ef }, graph, []);
}

/** @throws TandemError 'index/damaged' */
export async function loadHnswIndex(folder: string): Promise<VectorIndex> {
  const header = await readVectorHeader(folder);
  const path = join(folder, fileName);
  if (header.kind !== 'hnsw') throw damagedVectors(path, `vectors.json is of kind ${header.kind}`);
  const shape = await checkHnswFile(path);
  if (shape.elements !== header.ids.length || shape.width !== header.width) {
    throw damagedVectors(path, 'it does not fit vectors.json');
  }
  const graph = new hnswlib.HierarchicalNSW('ip', header.width);
  await graph.readIndex(path);
  return new HnswIndex(header.width, header.parameters, graph, [...header.ids]);
}
