import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type * as Hnswlib from 'hnswlib-node';
import { faultOfPackage, requirePackage } from '../config/optional-packages.js';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically } from '../files/atomic.js';
import type { Candidate } from '../ranking/candidate.js';
import { asCosine, innerProduct, isZero } from './cosine.js';
import { decodeKeys, encodeKeys } from './embedding-key.js';
import { checkHnswFile, graphFileName, readGraphHeader } from './hnsw-file.js';
import { NodeMembers } from './node-members.js';
import { checkRows, damagedVectors, type HnswParameters, headerFormat, writeVectorHeader } from './persist.js';
import { type FoundNode, type GraphPlaces, PlacedNodes } from './placed-nodes.js';
import { createTopK } from './top-k.js';
import { acceptanceOf, type VectorIndex, type VectorSearchOptions } from './vector-index.js';

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

/** The graph of hnswlib. A label is a node: the i-th embedding that was not there yet. */
class HnswIndex implements VectorIndex {
  readonly kind = 'hnsw';
  private readonly placed: PlacedNodes;

  /** @param keys  by node; NaN where it is not known */
  constructor(
    readonly width: number,
    private readonly parameters: HnswParameters,
    private readonly graph: Hnswlib.HierarchicalNSW,
    members: NodeMembers,
    keys: number[],
  ) {
    this.placed = new PlacedNodes(members, keys, placesOf(graph));
  }

  get size(): number {
    return this.placed.members.size;
  }

  get tombstones(): number {
    return this.placed.tombstones;
  }

  has(id: string): boolean {
    return this.placed.has(id);
  }

  add(ids: readonly string[], vectors: Float32Array): void {
    checkRows(ids.length, vectors, this.width);
    this.placed.add(ids, vectors, this.width);
  }

  remove(id: string): boolean {
    return this.placed.remove(id);
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Candidate[] {
    checkRows(1, query, this.width);
    const { ef } = options;
    const accept = acceptanceOf(options);
    const { members } = this.placed;
    const wanted = Math.min(k, members.live);
    if (wanted === 0 || isZero(query)) return [];
    this.graph.setEf(Math.max(ef ?? this.parameters.ef, wanted));
    const holds = accept && ((node: number): boolean => members.some(node, accept));
    const { neighbors, distances } = this.graph.searchKnn(Array.from(query), wanted, holds);
    // hnswlib's distance is 1 - inner product
    const found = neighbors.map((node, i) => ({ node, score: asCosine(1 - distances[i]) }));
    const all = found.length < wanted ? [...found, ...this.scanOthers(query, wanted, found, accept)] : found;
    return this.placed.idsOf(
      all.sort((a, b) => b.score - a.score),
      k,
      () => accept,
    );
  }

  save(folder: string): Promise<void> {
    // an id that is removed meanwhile may be marked in the file and not here: see restoreHeld
    const ids = this.placed.members.copy();
    const keys = encodeKeys(this.placed.keys);
    return writeFolderAtomically(folder, async temporary => {
      await writeGraph(this.graph, join(temporary, graphFileName));
      await writeVectorHeader(temporary, {
        format: headerFormat,
        kind: 'hnsw',
        width: this.width,
        ids,
        keys,
        parameters: this.parameters,
      });
    });
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
    const { members } = this.placed;
    const reached = new Set(found.map(({ node }) => node));
    const best = createTopK(wanted, (a, b) => a < b);
    for (let node = 0; node < members.count; node++) {
      if (reached.has(node) || !members.some(node, accept)) continue;
      best.offer(node, asCosine(innerProduct(query, Float32Array.from(this.graph.getPoint(node)), 0)));
    }
    return best.take().map(({ row, score }) => ({ node: row, score }));
  }
}

const placesOf = (graph: Hnswlib.HierarchicalNSW): GraphPlaces => ({
  place: (node, vector) => {
    if (node >= graph.getMaxElements()) graph.resizeIndex(Math.max(firstCapacity, 2 * node));
    graph.addPoint(Array.from(vector), node);
  },
  holds: (node, vector) => graph.getPoint(node).every((value, i) => value === vector[i]),
  vacate: node => graph.markDelete(node),
});

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
  const members = new NodeMembers([...header.ids]);
  restoreHeld(graph, members);
  return new HnswIndex(header.width, header.parameters, graph, members, keys);
}

/** Takes the marks from nodes that vacated while their file was written: by vectors.json ids hang on them, until what is replayed takes these away. */
function restoreHeld(graph: Hnswlib.HierarchicalNSW, members: NodeMembers): void {
  for (let node = 0; node < members.count; node++) {
    if (members.isEmpty(node)) continue;
    try {
      graph.markDelete(node);
    } catch {
      // it is marked, which hnswlib cannot be asked
    }
    graph.unmarkDelete(node);
  }
}
