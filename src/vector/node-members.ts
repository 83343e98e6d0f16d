import { ChangedIds } from './changed-ids.js';
import type { NodeSet } from './node-set.js';

/** Ids that hang on a node of the graph: several sorted by code units, one alone as it is, null = none is left. */
export type Members = string | string[] | null;

/** First place in a sorted list whose id is not before the given one. */
function placeOf(sorted: readonly string[], id: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which ids hang on which node. Nodes are numbered in the order in which they came and are never taken away, only left empty. */
export class NodeMembers {
  private readonly nodes = new Map<string, number>();
  private occupied = 0;
  private bits: Uint32Array;
  /** ids that came, went or hang elsewhere */
  readonly changed = new ChangedIds();

  /** @param byNode  taken over */
  constructor(private readonly byNode: Members[]) {
    this.bits = new Uint32Array((byNode.length + 31) >>> 5);
    byNode.forEach((members, node) => {
      if (members === null) return;
      this.occupy(node);
      if (typeof members === 'string') this.nodes.set(members, node);
      else for (const id of members) this.nodes.set(id, node);
    });
  }

  /** ids */
  get size(): number {
    return this.nodes.size;
  }
  /** nodes that an id hangs on */
  get live(): number {
    return this.occupied;
  }
  /** all nodes, empty ones too */
  get count(): number {
    return this.byNode.length;
  }
  /** The nodes that an id hangs on, as they are at the moment. */
  get living(): NodeSet {
    return { bits: this.bits, count: this.occupied };
  }
  /** Members by node, as the constructor takes them. */
  copy(): Members[] {
    return this.byNode.map(members => (Array.isArray(members) ? [...members] : members));
  }

  nodeOf(id: string): number | undefined {
    return this.nodes.get(id);
  }

  isEmpty(node: number): boolean {
    return this.byNode[node] === null;
  }

  isShared(node: number): boolean {
    return Array.isArray(this.byNode[node]);
  }

  /** Whether one of a node's ids is accepted. */
  some(node: number, accept: ((id: string) => boolean) | undefined): boolean {
    const members = this.byNode[node];
    if (members === null || accept === undefined) return members !== null;
    return typeof members === 'string' ? accept(members) : members.some(accept);
  }

  /** The first k accepted ids of a node. */
  first(node: number, k: number, accept: ((id: string) => boolean) | undefined): string[] {
    const members = this.byNode[node];
    const taken: string[] = [];
    for (const id of typeof members === 'string' ? [members] : (members ?? [])) {
      if (taken.length >= k) break;
      if (accept === undefined || accept(id)) taken.push(id);
    }
    return taken;
  }

  /** Makes a further node for an id that hangs nowhere. @returns its number */
  open(id: string): number {
    const node = this.byNode.push(id) - 1;
    this.occupy(node);
    this.nodes.set(id, node);
    this.changed.add(id);
    return node;
  }

  /** Hangs an id that hangs nowhere on a node that is not empty. */
  join(id: string, node: number): void {
    const members = this.byNode[node];
    const list = typeof members === 'string' ? [members] : (members ?? []);
    list.splice(placeOf(list, id), 0, id);
    this.byNode[node] = list;
    this.nodes.set(id, node);
    this.changed.add(id);
  }

  /** @returns the node that the id hung on */
  leave(id: string): number | undefined {
    const node = this.nodes.get(id);
    if (node === undefined) return undefined;
    this.nodes.delete(id);
    this.changed.add(id);
    const members = this.byNode[node];
    if (Array.isArray(members)) {
      members.splice(placeOf(members, id), 1);
      if (members.length === 1) this.byNode[node] = members[0];
    } else {
      this.byNode[node] = null;
      this.occupied--;
      this.bits[node >>> 5] &= ~(1 << (node & 31));
    }
    return node;
  }

  private occupy(node: number): void {
    const word = node >>> 5;
    if (word >= this.bits.length) {
      const grown = new Uint32Array(Math.max(64, 2 * word));
      grown.set(this.bits);
      this.bits = grown;
    }
    this.bits[word] |= 1 << (node & 31);
    this.occupied++;
  }
}
