import { join } from 'node:path';
import { writeFileAtomically, writeFolderAtomically } from '../files/atomic.js';
import type { Candidate } from '../ranking/candidate.js';
import { isZero } from './cosine.js';
import { decodeKeys, embeddingKey, encodeKeys } from './embedding-key.js';
import { embeddingsFileName, graphFileName, readGraph, writeGraphFile } from './graph-file.js';
import { type FoundNode, GraphNodes } from './graph-nodes.js';
import { NodeMembers } from './node-members.js';
import { checkRows, type HnswParameters, headerFormat, writeVectorHeader } from './persist.js';
import type { VectorIndex, VectorSearchOptions } from './vector-index.js';

/**
 * HNSW over codes of 4 bits a value, walked and built by kernels of WebAssembly, with the embeddings for the last word. Ids with the same embedding, bit by bit, hang on
 * one node: nodes at distance 0 from each other would take all links of each other and so cut themselves out of the graph. A node that no id hangs on any more stays as a tombstone.
 */
class QuantizedIndex implements VectorIndex {
  readonly kind = 'int4-hnsw';
  /** see nodesByKey */
  private nodeOfKey: Map<number, number> | undefined;

  /** @param keys  by node */
  constructor(
    private readonly nodes: GraphNodes,
    private readonly members: NodeMembers,
    private readonly keys: number[],
  ) {}

  get width(): number {
    return this.nodes.width;
  }

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
    this.nodes.link(this.members.count);
  }

  async addInThreads(ids: readonly string[], vectors: Float32Array): Promise<void> {
    checkRows(ids.length, vectors, this.width);
    for (let i = 0; i < ids.length; i++) this.place(ids[i], vectors.subarray(i * this.width, (i + 1) * this.width));
    await this.nodes.linkInThreads(this.members.count);
  }

  remove(id: string): boolean {
    const node = this.members.leave(id);
    if (node === undefined) return false;
    if (this.members.isEmpty(node) && this.nodeOfKey?.get(this.keys[node]) === node)
      this.nodeOfKey.delete(this.keys[node]);
    return true;
  }

  search(
    query: Float32Array,
    k: number,
    { ef = this.nodes.parameters.ef, accept }: VectorSearchOptions = {},
  ): Candidate[] {
    checkRows(1, query, this.width);
    const wanted = Math.min(k, this.members.live);
    if (wanted === 0 || isZero(query)) return [];
    const { members } = this;
    const holds =
      accept === undefined && this.tombstones === 0 ? undefined : (node: number): boolean => members.some(node, accept);
    return this.idsOf(this.nodes.search(query, wanted, ef, holds), k, accept);
  }

  save(folder: string): Promise<void> {
    return writeFolderAtomically(folder, async temporary => {
      const checksum = await writeGraphFile(join(temporary, graphFileName), this.nodes.kernel, this.nodes.count);
      await writeFileAtomically(join(temporary, embeddingsFileName), file => this.nodes.embeddings.writeTo(file));
      await writeVectorHeader(temporary, {
        format: headerFormat,
        kind: this.kind,
        width: this.width,
        ids: this.members.all,
        keys: encodeKeys(this.keys),
        parameters: this.nodes.parameters,
        checksum,
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
    const node = this.members.open(id);
    this.nodes.place(node, vector);
    this.keys.push(key);
    const nodes = this.nodesByKey();
    if (!nodes.has(key)) nodes.set(key, node);
  }

  /** Nodes by the key of their embedding, of two embeddings with one key the first; made by the first write, since readers need it not. */
  private nodesByKey(): Map<number, number> {
    if (this.nodeOfKey === undefined) {
      this.nodeOfKey = new Map();
      for (const [node, key] of this.keys.entries())
        if (!this.members.isEmpty(node) && !this.nodeOfKey.has(key)) this.nodeOfKey.set(key, node);
    }
    return this.nodeOfKey;
  }

  /** The node whose embedding is this one. */
  private nodeWith(key: number, vector: Float32Array): number | undefined {
    const node = this.nodesByKey().get(key);
    if (node === undefined) return undefined;
    const known = new Float32Array(this.width);
    this.nodes.embeddings.read(node, known);
    return known.every((value, i) => value === vector[i]) ? node : undefined;
  }

  /** The best ids of some nodes, best first: no further node is looked at than the k-th id needs, but for those of its score. */
  private idsOf(nodes: readonly FoundNode[], k: number, accept: VectorSearchOptions['accept']): Candidate[] {
    const hits: Candidate[] = [];
    for (const { node, score } of nodes) {
      if (hits.length >= k && score < hits[hits.length - 1].score) break;
      for (const id of this.members.first(node, k, accept)) hits.push({ id, score });
    }
    return hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);
  }
}

/**
 * An empty HNSW index (Malkov & Yashunin, 2018) over inner products of normalised vectors, walked by codes of 4 bits. Embeddings added in the same calls give the same graph.
 * Of ids with equal embeddings the first by id are found; where embeddings that differ have equal scores at the end of a result, which of them are in it is up to the graph.
 * @param width  D, >= 1
 */
export const createQuantizedIndex = (width: number, { m, efConstruction, ef }: HnswParameters): VectorIndex =>
  new QuantizedIndex(new GraphNodes(width, { m, efConstruction, ef }), new NodeMembers([]), []);

/** @throws TandemError 'index/damaged' */
export async function loadQuantizedIndex(folder: string): Promise<VectorIndex> {
  const { nodes, header } = await readGraph(folder);
  return new QuantizedIndex(nodes, new NodeMembers([...header.ids]), decodeKeys(header.keys));
}
