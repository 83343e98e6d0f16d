/** Edges of a trie over code points: one open-addressing hash table (node, code point) -> node. */
export interface TrieEdges {
  readonly mask: number;
  /** int32 [mask + 1]: -1 where the slot is free */
  readonly parents: Int32Array;
  readonly symbols: Int32Array;
  readonly children: Int32Array;
}

/** Pieces by their code points; compact for alphabets of thousands of characters, and needs no sorted input. */
export interface PieceTrie extends TrieEdges {
  /** int32 [nodes]: index of the piece that ends at a node, or -1 */
  readonly pieces: Int32Array;
}

export const rootNode = 0;

const slotOf = (node: number, symbol: number): number => {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};

/** @returns the node reached from `node` along `symbol` (a code point), or -1 */
export function childOf(trie: TrieEdges, node: number, symbol: number): number {
  const { mask, parents, symbols } = trie;
  for (let slot = slotOf(node, symbol) & mask; parents[slot] >= 0; slot = (slot + 1) & mask) {
    if (parents[slot] === node && symbols[slot] === symbol) return trie.children[slot];
  }
  return -1;
}

/** @param pieces  distinct; an empty string stands for an index that no text may reach (special tokens) */
export function buildTrie(pieces: readonly string[]): PieceTrie {
  const ends = new Int32Array(pieces.reduce((sum, piece) => sum + piece.length, 1)).fill(-1);
  let edges = emptyEdges(1024);
  let nodes = 1;
  pieces.forEach((piece, index) => {
    if (piece === '') return;
    let node = rootNode;
    for (const character of piece) {
      const symbol = character.codePointAt(0)!;
      let next = childOf(edges, node, symbol);
      if (next < 0) {
        next = nodes++;
        // at most half full: chains of taken slots stay short
        if (2 * nodes > edges.parents.length) edges = enlarged(edges);
        insert(edges, node, symbol, next);
      }
      node = next;
    }
    ends[node] = index;
  });
  return { ...edges, pieces: ends.slice(0, nodes) };
}

const emptyEdges = (size: number): TrieEdges => ({
  mask: size - 1,
  parents: new Int32Array(size).fill(-1),
  symbols: new Int32Array(size),
  children: new Int32Array(size),
});

function enlarged(edges: TrieEdges): TrieEdges {
  const larger = emptyEdges(2 * edges.parents.length);
  edges.parents.forEach((parent, slot) => {
    if (parent >= 0) insert(larger, parent, edges.symbols[slot], edges.children[slot]);
  });
  return larger;
}

function insert(edges: TrieEdges, node: number, symbol: number, child: number): void {
  let slot = slotOf(node, symbol) & edges.mask;
  while (edges.parents[slot] >= 0) slot = (slot + 1) & edges.mask;
  edges.parents[slot] = node;
  edges.symbols[slot] = symbol;
  edges.children[slot] = child;
}
