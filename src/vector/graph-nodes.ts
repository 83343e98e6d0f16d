import { createBitSet, nextBit, setBit } from '../math/bit-set.js';
import { asCosine } from './cosine.js';
import { EmbeddingRows } from './embedding-rows.js';
import { isScanned, planAmong, planApproach, seeds } from './filter-plan.js';
import { GraphCrew } from './graph-crew.js';
import { codeError, type GraphKernel, openKernel, poolRoom, rowRoom } from './graph-kernel.js';
import { holdsNode, type NodeSet } from './node-set.js';
import type { HnswParameters } from './persist.js';
import type { FoundNode } from './placed-nodes.js';
import { createTopK } from './top-k.js';

/** Nodes that are linked in one go: they see the graph as it was before, so that they must be few beside it; and each is compared with all others of them. */
const batchOf = (nodes: number): number => Math.max(1, Math.min(1024, Math.floor(nodes / 64)));

/** Breadth of a walk among some: what it comes to first has room beside it. */
const mostBreadth = poolRoom / 2;

/** Standard deviations by which the code of one of the nearest may be off and it is still compared exactly. */
const doubt = 2;

/** What a walk came to, best first by codes. */
interface Walked {
  readonly nodes: Uint32Array;
  /** by place: the cosine as the codes have it; of the last walk alone */
  score(place: number): number;
}

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** The score in the upper half of a key, as keyOf in wasm/graph/codes.ts puts it there. */
function scoreIn(upper: number): number {
  const ascending = ~upper;
  bits[0] = ascending < 0 ? ascending ^ 0x80000000 : ~ascending;
  return asFloat[0];
}

/** Nodes from which on threads are worth starting: the stretches before are short. */
const fewest = 2048;

/**
 * The nodes of a graph, numbered as they came: their codes and links in the memory of the kernels, their embeddings beside them for the last word. The same nodes
 * added in the same stretches give the same graph.
 */
export class GraphNodes {
  readonly kernel: GraphKernel;
  private accepts: (node: number) => boolean = () => true;
  private crew: GraphCrew | undefined;
  private linked = 0;
  private entry = 0;
  private top = 0;

  constructor(
    readonly width: number,
    readonly parameters: HnswParameters,
    readonly embeddings = new EmbeddingRows(width),
  ) {
    this.kernel = openKernel({ width, m: parameters.m }, { accepts: node => this.accepts(node) });
  }

  /** nodes that searches can come to */
  get count(): number {
    return this.linked;
  }

  /** Takes embeddings for the next nodes. They are found once they are linked. */
  place(node: number, vector: Float32Array): void {
    this.kernel.reserve(node + 1);
    this.embeddings.write(node, vector);
    this.put(vector);
    this.kernel.exports.encode(node);
  }

  /** Whether the embedding of a node is this one, bit by bit. */
  holds(node: number, vector: Float32Array): boolean {
    const known = new Float32Array(this.width);
    this.embeddings.read(node, known);
    return known.every((value, i) => value === vector[i]);
  }

  /** Links all nodes up to so many. */
  link(nodes: number): void {
    const { exports } = this.kernel;
    while (this.linked < nodes) {
      const from = this.linked;
      const to = Math.min(nodes, from + batchOf(from));
      if (from > 0) {
        for (let node = from; node < to; node++)
          exports.connect(node, this.entry, this.top, from, to, this.parameters.efConstruction);
        exports.linkBack(from, to, 0, 1);
      }
      this.arrive(to);
    }
  }

  /**
   * The same by other threads, while this one goes on searching. Nodes after these may be placed meanwhile, nothing else written.
   * @param beside  a core is left for this thread
   */
  async linkInThreads(nodes: number, beside: boolean): Promise<void> {
    this.crew ??= this.makeCrew();
    while (this.linked < nodes) {
      const from = this.linked;
      const to = Math.min(nodes, from + batchOf(from));
      if (from < fewest) {
        this.link(Math.min(nodes, fewest));
        continue;
      }
      const { entry, top } = this;
      await this.crew.link({ from, to, entry, top, efConstruction: this.parameters.efConstruction }, beside);
      this.arrive(to);
    }
  }

  /** Takes nodes that are linked into searches. */
  arrive(nodes: number): void {
    for (let node = this.linked; node < nodes; node++) {
      const level = this.kernel.exports.levelOf(node);
      if (node > 0 && level <= this.top) continue;
      this.entry = node;
      this.top = level;
    }
    this.linked = nodes;
  }

  /**
   * The nearest nodes by inner product, best first, at least as many as are wanted where so many are accepted.
   * @param ef      breadth of the walk, >= 1
   * @param accept  all nodes when absent
   */
  search(query: Float32Array, wanted: number, ef: number, accept?: (node: number) => boolean): FoundNode[] {
    if (this.linked === 0) return [];
    if (wanted > poolRoom) return this.scan(query, wanted, accept);
    if (accept !== undefined && isScanned(this.linked, Math.max(ef, wanted)))
      return this.searchAmong(query, wanted, ef, this.accepted(accept));
    this.accepts = accept ?? this.accepts;
    for (let breadth = Math.max(ef, wanted); ; breadth *= 4) {
      const walked = this.walk(query, Math.min(breadth, poolRoom), accept !== undefined);
      if (walked.nodes.length >= wanted) return this.compare(query, wanted, walked);
      if (breadth >= Math.min(poolRoom, this.linked)) return this.scan(query, wanted, accept);
    }
  }

  /** The same of the nodes of a set. */
  searchAmong(query: Float32Array, wanted: number, ef: number, given: NodeSet): FoundNode[] {
    const set = linkedOf(given, this.linked);
    if (set.count === 0) return [];
    if (wanted > poolRoom) return this.scan(query, wanted, node => holdsNode(set, node));
    const { exports, memory } = this.kernel;
    const words = (this.linked + 31) >>> 5;
    const accepted = new Uint32Array(memory.buffer, exports.accepted() >>> 0, words);
    accepted.set(set.bits.subarray(0, words));
    accepted.fill(0, set.bits.length);
    for (let breadth = Math.max(ef, wanted); ; breadth *= 4) {
      const walked = this.walkAmong(query, Math.min(breadth, mostBreadth), set);
      if (walked.nodes.length >= Math.min(wanted, set.count)) return this.compare(query, wanted, walked);
      if (breadth >= mostBreadth) return this.scan(query, wanted, node => holdsNode(set, node));
    }
  }

  /** The nearest nodes of a set, all of whose codes another thread compares; the first of them are compared exactly. */
  async scanInThread(query: Float32Array, wanted: number, { bits }: NodeSet): Promise<FoundNode[]> {
    this.crew ??= this.makeCrew();
    const nodes = await this.crew.scan({ query, bits, nodes: this.linked, keep: Math.max(rowRoom, wanted) });
    const found: FoundNode[] = [];
    this.multiply(query, nodes, found);
    return found.sort((a, b) => b.score - a.score);
  }

  private accepted(accept: (node: number) => boolean): NodeSet {
    const bits = createBitSet(this.linked);
    let count = 0;
    for (let node = 0; node < this.linked; node++) {
      if (!accept(node)) continue;
      setBit(bits, node);
      count++;
    }
    return { bits, count };
  }

  private makeCrew(): GraphCrew {
    return new GraphCrew({ width: this.width, m: this.parameters.m }, this.kernel);
  }

  private walkAmong(query: Float32Array, ef: number, set: NodeSet): Walked {
    const { exports } = this.kernel;
    this.put(query);
    const factor = exports.takeQuery();
    const scanned = (breadth: number): Walked => this.walked(exports.scanAccepted(this.linked, breadth), factor);
    if (isScanned(set.count, ef)) return scanned(ef);
    const share = set.count / this.linked;
    const first = Math.min(planApproach(ef, share), mostBreadth);
    const near = exports.approach(this.entry, this.top, this.linked, first);
    if (near >= ef) return this.walked(exports.keepAccepted(), factor);
    const { breadth, ways } = planAmong(ef, share, near / first);
    if (isScanned(set.count, breadth)) return scanned(ef);
    const room = Math.min(breadth, poolRoom - first);
    return this.walked(exports.searchAmong(this.linked, room, ways, seeds), factor);
  }

  private walk(query: Float32Array, ef: number, filters: boolean): Walked {
    const { exports } = this.kernel;
    this.put(query);
    const factor = exports.takeQuery();
    // a few that are like nothing else may lie where no walk comes to
    if (!filters && isScanned(this.linked, ef)) return this.walked(exports.scanAll(this.linked, ef), factor);
    const count = exports.search(this.entry, this.top, this.linked, ef, filters ? 1 : 0);
    return this.walked(count, factor, filters ? exports.results() : exports.pool());
  }

  /** What a kernel has put into a sorted list. @param factor  that makes cosines of scores */
  private walked(count: number, factor: number, at = this.kernel.exports.pool()): Walked {
    const keys = new Uint32Array(this.kernel.memory.buffer, at >>> 0, 2 * count);
    return {
      nodes: Uint32Array.from({ length: count }, (_, i) => keys[2 * i] >>> 1),
      score: i => scoreIn(keys[2 * i + 1]) * factor,
    };
  }

  /** Exact scores of all that may be among so many nearest, best first. */
  private compare(query: Float32Array, wanted: number, { nodes, score }: Walked): FoundNode[] {
    const found: FoundNode[] = [];
    const first = Math.min(nodes.length, wanted + 6);
    this.multiply(query, nodes.subarray(0, first), found);
    found.sort((a, b) => b.score - a.score);
    if (first === nodes.length) return found;
    const least = found[wanted - 1].score - (doubt * codeError) / Math.sqrt(this.width);
    let end = first;
    while (end < nodes.length && score(end) >= least) end++;
    if (end === first) return found;
    this.multiply(query, nodes.subarray(first, end), found);
    return found.sort((a, b) => b.score - a.score);
  }

  private multiply(query: Float32Array, nodes: Uint32Array, found: FoundNode[]): void {
    const { exports, memory } = this.kernel;
    this.put(query);
    const rows = new Float32Array(memory.buffer, exports.rows() >>> 0, rowRoom * this.width);
    const scores = new Float32Array(memory.buffer, exports.scores() >>> 0, rowRoom);
    for (let from = 0; from < nodes.length; from += rowRoom) {
      const count = Math.min(rowRoom, nodes.length - from);
      for (let i = 0; i < count; i++) this.embeddings.read(nodes[from + i], rows, i * this.width);
      exports.multiplyRows(count);
      for (let i = 0; i < count; i++) found.push({ node: nodes[from + i], score: asCosine(scores[i]) });
    }
  }

  /** All accepted nodes, exactly: for what a walk does not come to, and where more is wanted than one can keep. */
  private scan(query: Float32Array, wanted: number, accept: ((node: number) => boolean) | undefined): FoundNode[] {
    const best = createTopK(wanted, (a, b) => a < b);
    const part: number[] = [];
    const flush = (): void => {
      const found: FoundNode[] = [];
      this.multiply(query, Uint32Array.from(part), found);
      for (const { node, score } of found) best.offer(node, score);
      part.length = 0;
    };
    for (let node = 0; node < this.linked; node++) {
      if (accept !== undefined && !accept(node)) continue;
      part.push(node);
      if (part.length === rowRoom) flush();
    }
    flush();
    return best.take().map(({ row, score }) => ({ node: row, score }));
  }

  private put(vector: Float32Array): void {
    const { exports, memory } = this.kernel;
    new Float32Array(memory.buffer, exports.input() >>> 0, this.width).set(vector);
  }
}

/** What of a set is linked: what is not yet is found by no walk. */
function linkedOf({ bits, count }: NodeSet, linked: number): NodeSet {
  let unlinked = 0;
  for (let node = nextBit(bits, linked); node >= 0; node = nextBit(bits, node + 1)) unlinked++;
  return { bits, count: count - unlinked };
}
