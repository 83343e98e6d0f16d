import type { Candidate } from '../ranking/candidate.js';
import { isZero } from './cosine.js';
import { embeddingKey } from './embedding-key.js';
import type { NodeMembers } from './node-members.js';
import type { VectorSearchOptions } from './vector-index.js';

/** A node that a search came to, with its cosine. */
export interface FoundNode {
  readonly node: number;
  readonly score: number;
}

/** The nodes of a graph, which is walked elsewhere. */
export interface GraphPlaces {
  /** Makes a node, whose number is the next one. @param vector  float32 [D] */
  place(node: number, vector: Float32Array): void;
  /** Whether the embedding of a node is this one, bit by bit. */
  holds(node: number, vector: Float32Array): boolean;
  /** told of a node on which no id hangs any more */
  vacate?(node: number): void;
}

/**
 * Which ids hang on which nodes of a graph. Ids with the same embedding, bit by bit, hang on one node: nodes at distance 0 from each other would take all links of each other and so
 * cut themselves out of the graph. A node that no id hangs on any more stays as a tombstone.
 */
export class PlacedNodes {
  /** see nodesByKey */
  private nodeOfKey: Map<number, number> | undefined;

  /** @param keys  by node; NaN where it is not known */
  constructor(
    readonly members: NodeMembers,
    readonly keys: number[],
    private readonly graph: GraphPlaces,
  ) {}

  get tombstones(): number {
    return this.members.count - this.members.live;
  }

  has(id: string): boolean {
    return this.members.nodeOf(id) !== undefined;
  }

  /** Hangs ids on the nodes of their embeddings; a row of zeros has none. @param vectors  float32 [n * D], checked */
  add(ids: readonly string[], vectors: Float32Array, width: number): void {
    for (let i = 0; i < ids.length; i++) this.put(ids[i], vectors.subarray(i * width, (i + 1) * width));
  }

  /** @returns whether the id was there */
  remove(id: string): boolean {
    const node = this.members.leave(id);
    if (node === undefined) return false;
    if (this.members.isEmpty(node)) {
      this.graph.vacate?.(node);
      if (this.nodeOfKey?.get(this.keys[node]) === node) this.nodeOfKey.delete(this.keys[node]);
    }
    return true;
  }

  /**
   * The best ids of some nodes: no further node is looked at than the k-th id needs, but for those of its score.
   * @param found      best first
   * @param acceptOf   which ids of a node may be found; all when absent or undefined
   */
  idsOf(
    found: readonly FoundNode[],
    k: number,
    acceptOf: (node: number) => VectorSearchOptions['accept'] = () => undefined,
  ): Candidate[] {
    const hits: Candidate[] = [];
    for (const { node, score } of found) {
      if (hits.length >= k && score < hits[hits.length - 1].score) break;
      for (const id of this.members.first(node, k, acceptOf(node))) hits.push({ id, score });
    }
    return hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);
  }

  private put(id: string, vector: Float32Array): void {
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
    this.graph.place(this.members.count, vector);
    const node = this.members.open(id);
    this.keys.push(key);
    const nodes = this.nodesByKey();
    if (!nodes.has(key)) nodes.set(key, node);
  }

  /** Nodes by the key of their embedding, of two embeddings with one key the first; made by the first write, since readers need it not. */
  private nodesByKey(): Map<number, number> {
    if (this.nodeOfKey !== undefined) return this.nodeOfKey;
    this.nodeOfKey = new Map();
    for (const [node, key] of this.keys.entries())
      if (!this.members.isEmpty(node) && !Number.isNaN(key) && !this.nodeOfKey.has(key)) this.nodeOfKey.set(key, node);
    return this.nodeOfKey;
  }

  /** The node whose embedding is this one. */
  private nodeWith(key: number, vector: Float32Array): number | undefined {
    const node = this.nodesByKey().get(key);
    return node !== undefined && this.graph.holds(node, vector) ? node : undefined;
  }
}
