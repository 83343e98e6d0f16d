import { join } from 'node:path';
import { writeFileAtomically, writeFolderAtomically, writeWhole } from '../files/atomic.js';
import type { Candidate } from '../ranking/candidate.js';
import { type AcceptedIds, AcceptedNodes } from './accepted-nodes.js';
import { isZero } from './cosine.js';
import { encodeKeys } from './embedding-key.js';
import { checksumsFileName, embeddingsFileName, graphFileName, readGraph, writeGraphFile } from './graph-file.js';
import { GraphNodes } from './graph-nodes.js';
import { NodeMembers } from './node-members.js';
import { checkRows, type HeaderOf, type HnswParameters, headerFormat, writeVectorHeader } from './persist.js';
import { PlacedNodes } from './placed-nodes.js';
import { acceptanceOf, type VectorIndex, type VectorSearchOptions } from './vector-index.js';

/** HNSW over codes of 4 bits a value, walked and built by kernels of WebAssembly, with the embeddings for the last word. */
class QuantizedIndex implements VectorIndex {
  readonly kind = 'int4-hnsw';
  private readonly sets: AcceptedNodes;

  constructor(
    private readonly nodes: GraphNodes,
    private readonly placed: PlacedNodes,
  ) {
    this.sets = new AcceptedNodes(placed.members);
  }

  get width(): number {
    return this.nodes.width;
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
    this.nodes.link(this.placed.members.count);
  }

  async addInThreads(
    ids: readonly string[],
    vectors: Float32Array,
    { beside = false }: { readonly beside?: boolean } = {},
  ): Promise<void> {
    checkRows(ids.length, vectors, this.width);
    this.placed.add(ids, vectors, this.width);
    await this.nodes.linkInThreads(this.placed.members.count, beside);
  }

  remove(id: string): boolean {
    return this.placed.remove(id);
  }

  preparing(among: AcceptedIds): Generator<number, void> {
    return this.sets.preparing(among);
  }

  search(query: Float32Array, k: number, options: VectorSearchOptions = {}): Candidate[] {
    const { ef = this.nodes.parameters.ef, among } = options;
    checkRows(1, query, this.width);
    const { members } = this.placed;
    const wanted = Math.min(k, members.live);
    if (wanted === 0 || isZero(query)) return [];
    if (options.accept !== undefined) {
      const accept = acceptanceOf(options);
      const found = this.nodes.search(query, wanted, ef, node => members.some(node, accept));
      return this.placed.idsOf(found, k, () => accept);
    }
    if (among === undefined && this.tombstones === 0) return this.placed.idsOf(this.nodes.search(query, wanted, ef), k);
    const found = this.nodes.searchAmong(
      query,
      wanted,
      ef,
      among === undefined ? members.living : this.sets.nodesOf(among),
    );
    // one of a node's ids is accepted; where it has no other there is nothing to ask
    return this.placed.idsOf(found, k, node => (members.isShared(node) ? among?.has : undefined));
  }

  async nearestInThread(query: Float32Array, k: number): Promise<Candidate[]> {
    checkRows(1, query, this.width);
    return this.placed.idsOf(await this.nodes.scanInThread(query, k, this.placed.members.living), k);
  }

  save(folder: string): Promise<void> {
    const ids = this.placed.members.copy();
    const keys = encodeKeys(this.placed.keys);
    return writeFolderAtomically(folder, async temporary => {
      const checksum = await writeGraphFile(join(temporary, graphFileName), this.nodes.kernel, this.nodes.count);
      await writeFileAtomically(join(temporary, embeddingsFileName), async file => {
        const sums = await this.nodes.embeddings.writeTo(file);
        await writeWhole(join(temporary, checksumsFileName), sums.encoded());
      });
      await writeVectorHeader(temporary, {
        format: headerFormat,
        kind: this.kind,
        width: this.width,
        ids,
        keys,
        parameters: this.nodes.parameters,
        checksum,
      });
    });
  }
}

/**
 * An empty HNSW index (Malkov & Yashunin, 2018) over inner products of normalised vectors, walked by codes of 4 bits. Embeddings added in the same calls give the same graph.
 * Of ids with equal embeddings the first by id are found; where embeddings that differ have equal scores at the end of a result, which of them are in it is up to the graph.
 * @param width  D, >= 1
 */
export function createQuantizedIndex(width: number, { m, efConstruction, ef }: HnswParameters): VectorIndex {
  const nodes = new GraphNodes(width, { m, efConstruction, ef });
  return new QuantizedIndex(nodes, new PlacedNodes(new NodeMembers([]), [], nodes));
}

/** @throws TandemError 'index/damaged' */
export async function loadQuantizedIndex(folder: string, header: HeaderOf<'int4-hnsw'>): Promise<VectorIndex> {
  const { nodes, keys } = await readGraph(folder, header);
  return new QuantizedIndex(nodes, new PlacedNodes(new NodeMembers([...header.ids]), keys, nodes));
}
