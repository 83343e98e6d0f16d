import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type * as Hnswlib from 'hnswlib-node';
import { faultOfPackage, requirePackage } from '../config/optional-packages.js';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically } from '../files/atomic.js';
import type { Candidate } from '../ranking/candidate.js';
import { asCosine, innerProduct, isZero } from './cosine.js';
import { decodeKeys, embeddingKey, encodeKeys } from './embedding-key.js';
import { checkHnswFile, graphFileName, readGraphHeader } from './hnsw-file.js';
import { NodeMembers } from './node-members.js';
import { checkRows, damagedVectors, type HnswParameters, headerFormat, writeVectorHeader } from './persist.js';
import { createTopK } from './top-k.js';
import type { VectorIndex, VectorSearchOptions } from './vector-index.js';

/** The levels of the graph are drawn with it: the same insertions in the same order give the same file. */
const seed = 100;

const loadHnswlib = (): typeof Hnswlib => requirePackage('hnswlib-node');

/** Why graphs can be neither made nor read here, looked up once: hnswlib is compiled where it is installed. undefined where they can */
export function graphFault(): TandemError | undefined {
  looked ??= { fault: faultOfPackage('hnswlib-node') };
  return looked.fault;
}
let looked: { readonly fault: TandemError | undefined } | undefined;

/** nodes that a new graph has room for; it doubles */
const firstCapacity = 1024;

/** A node that a search found. */
interface FoundNode {
  readonly node: number;
  readonly score: number;
}

/**
 * The graph of hnswlib. A label is a node: the i-th embedding that was not there yet. Ids with the same embedding, bit by bit, hang on one node:
 * nodes at distance 0 from each other would take all links of each other and so cut themselves, and what lies behind them, out of the graph.
 * A node that no id hangs on any more stays as a tombstone.
 */
class HnswIndex implements VectorIndex {
  readonly kind = 'hnsw';
  /** see nodesByKey */
  private nodeOfKey: Map<number, number> | undefined;

  /** @param keys  by node; NaN where it is not known */
  constructor(
    readonly width: number,
    private readonly parameters: HnswParameters,
    private readonly graph: Hnswlib.HierarchicalNSW,
    private readonly members: NodeMembers,
    private readonly keys: number[],
  ) {}

  get size(): number {
    return this.members.size;
  }

  get tombstones(): number {
    return this.members.count - this.members.live;
  }

  has(id: string): boolean {
    return this.members.nodeOf(id) !== undefined;
  }

  add(ids: readonly string[], vectors: Float32Array): void {
    checkRows(ids.length, vectors, this.width);
    ids.forEach((id, i) => {
      this.place(id, vectors.subarray(i * this.width, (i + 1) * this.width));
    });
  }

  remove(id: string): boolean {
    const node = this.members.leave(id);
    if (node === undefined) return false;
    if (this.members.isEmpty(node)) {
      this.graph.markDelete(node);
      if (this.nodeOfKey?.get(this.keys[node]) === node) this.nodeOfKey.delete(this.keys[node]);
    }
    return true;
  }

  search(query: Float32Array, k: number, { ef, accept }: VectorSearchOptions = {}): Candidate[] {
    checkRows(1, query, this.width);
    const wanted = Math.min(k, this.members.live);
    if (wanted === 0 || isZero(query)) return [];
    this.graph.setEf(Math.max(ef ?? this.parameters.ef, wanted));
    const holds = accept && ((node: number): boolean => this.members.some(node, accept));
    const { neighbors, distances } = this.graph.searchKnn(Array.from(query), wanted, holds);
    // hnswlib's distance is 1 - inner product
    const found = neighbors.map((node, i) => ({ node, score: asCosine(1 - distances[i]) }));
    const all = found.length < wanted ? [...found, ...this.scanOthers(query, wanted, found, accept)] : found;
    return this.idsOf(all, k, accept);
  }

  save(folder: string): Promise<void> {
    return writeFolderAtomically(folder, async temporary => {
      await writeGraph(this.graph, join(temporary, graphFileName));
      await writeVectorHeader(temporary, {
        format: headerFormat,
        kind: 'hnsw',
        width: this.width,
        ids: this.members.all,
        keys: encodeKeys(this.keys),
        parameters: this.parameters,
      });
    });
  }

  private place(id: string, vector: Float32Array): void {
    if (isZero(vector)) {
      this.remove(id);
      return;
    }
    const key = embeddingKey(vector);
    const same = this.nodeWith(key, vector);
    if (same !== undefined && same === this.members.nodeOf(id)) return;
    this.remove(id);
    if (same !== undefined) {
      this.members.join(id, same);
      return;
    }
    const node = this.members.count;
    if (node >= this.graph.getMaxElements()) this.graph.resizeIndex(Math.max(firstCapacity, 2 * node));
    this.graph.addPoint(Array.from(vector), node);
    this.members.open(id);
    this.keys.push(key);
    const nodes = this.nodesByKey();
    if (!nodes.has(key)) nodes.set(key, node);
  }

  /** Nodes by the key of their embedding, of two embeddings with one key the first; made by the first write, since readers need it not. */
  private nodesByKey(): Map<number, number> {
    if (this.nodeOfKey === undefined) {
      this.nodeOfKey = new Map();
      for (const [node, key] of this.keys.entries())
        if (!this.members.isEmpty(node) && !Number.isNaN(key) && !this.nodeOfKey.has(key))
          this.nodeOfKey.set(key, node);
    }
    return this.nodeOfKey;
  }

  /** The node whose embedding is this one. */
  private nodeWith(key: number, vector: Float32Array): number | undefined {
    const node = this.nodesByKey().get(key);
    if (node === undefined) return undefined;
    return this.graph.getPoint(node).every((value, i) => value === vector[i]) ? node : undefined;
  }

  /**
   * The accepted nodes that the graph did not come to, by an exact scan. A search ends with fewer nodes than wanted only when it has come to all
   * that it can reach, so a greater breadth would find no more. Its work grows with the nodes that are accepted and out of reach.
   */
  private scanOthers(
    query: Float32Array,
    wanted: number,
    found: readonly FoundNode[],
    accept: VectorSearchOptions['accept'],
  ): FoundNode[] {
    const reached = new Set(found.map(({ node }) => node));
    const best = createTopK(wanted, (a, b) => a < b);
    for (let node = 0; node < this.members.count; node++) {
      if (reached.has(node) || !this.members.some(node, accept)) continue;
      best.offer(node, asCosine(innerProduct(query, Float32Array.from(this.graph.getPoint(node)), 0)));
    }
    return best.take().map(({ row, score }) => ({ node: row, score }));
  }

  /** The best ids of some nodes: no further node is looked at than the k-th id needs, but for those of its score. */
  private idsOf(nodes: readonly FoundNode[], k: number, accept: VectorSearchOptions['accept']): Candidate[] {
    const hits: Candidate[] = [];
    for (const { node, score } of [...nodes].sort((a, b) => b.score - a.score)) {
      if (hits.length >= k && score < hits[hits.length - 1].score) break;
      for (const id of this.members.first(node, k, accept)) hits.push({ id, score });
    }
    return hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);
  }
}

/** hnswlib does not say when the disk is full: what lies there afterwards is looked at. */
async function writeGraph(graph: Hnswlib.HierarchicalNSW, path: string): Promise<void> {
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
 * The same vectors added in the same order give the same graph. Of ids with equal embeddings the first by id are found; where embeddings that
 * differ have equal scores at the end of a result, which of them are in it is up to the graph.
 * @param width  D, >= 1
 * @throws TandemError 'package/unavailable' where graphs are not available
 */
export function createHnswIndex(width: number, { m, efConstruction, ef }: HnswParameters): VectorIndex {
  const { HierarchicalNSW } = loadHnswlib();
  const graph = new HierarchicalNSW('ip', width);
  graph.initIndex({ maxElements: firstCapacity, m, efConstruction, randomSeed: seed });
  return new HnswIndex(width, { m, efConstruction, ef }, graph, new NodeMembers([]), []);
}

/** @throws TandemError 'index/damaged' | 'package/unavailable' where graphs are not available */
export async function loadHnswIndex(folder: string): Promise<VectorIndex> {
  const { path, header } = await readGraphHeader(folder);
  const keys = header.keys === undefined ? header.ids.map(() => Number.NaN) : decodeKeys(header.keys);
  if (keys.length !== header.ids.length) throw damagedVectors(path, 'vectors.json has not one key for each node');
  const { HierarchicalNSW } = loadHnswlib();
  const graph = new HierarchicalNSW('ip', header.width);
  await graph.readIndex(path);
  return new HnswIndex(header.width, header.parameters, graph, new NodeMembers([...header.ids]), keys);
}
