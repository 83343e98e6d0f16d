import { childOf, type PieceTrie, rootNode } from './piece-trie.js';

/** An edge of this piece index stands for one character that no piece covers. */
export const unknownPiece = -1;

/**
 * Every way to cut a text into pieces: edges (start, end, piece), by start, then by length. Buffers are kept from one text to the next.
 * At most 16 edges start at a position when pieces are at most 16 characters long, so a long run without spaces stays linear.
 */
export interface Lattice {
  /** characters of the text */
  length: number;
  edges: number;
  starts: Int32Array;
  ends: Int32Array;
  pieces: Int32Array;
  /** float64 [length + 1], scores of the best or of all ways to reach a position */
  forward: Float64Array;
  backward: Float64Array;
  /** int32 [length + 1], the last edge of the best way to reach a position */
  bestEdge: Int32Array;
}

export function emptyLattice(): Lattice {
  return {
    length: 0,
    edges: 0,
    starts: new Int32Array(256),
    ends: new Int32Array(256),
    pieces: new Int32Array(256),
    forward: new Float64Array(64),
    backward: new Float64Array(64),
    bestEdge: new Int32Array(64),
  };
}

function addEdge(lattice: Lattice, start: number, end: number, piece: number): void {
  const at = lattice.edges++;
  if (at === lattice.starts.length) {
    lattice.starts = doubled(lattice.starts);
    lattice.ends = doubled(lattice.ends);
    lattice.pieces = doubled(lattice.pieces);
  }
  lattice.starts[at] = start;
  lattice.ends[at] = end;
  lattice.pieces[at] = piece;
}

function doubled(values: Int32Array): Int32Array {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}

/**
 * Fills the lattice with the edges of symbols[from..to).
 * A position where no piece of one character starts gets an edge of `unknownPiece`, so every position can be reached.
 */
export function fillLattice(lattice: Lattice, trie: PieceTrie, symbols: Int32Array, from: number, to: number): void {
  lattice.length = to - from;
  lattice.edges = 0;
  if (lattice.forward.length <= lattice.length) {
    const size = 2 * (lattice.length + 1);
    lattice.forward = new Float64Array(size);
    lattice.backward = new Float64Array(size);
    lattice.bestEdge = new Int32Array(size);
  }
  for (let start = from; start < to; start++) {
    let single = false;
    let node = rootNode;
    for (let end = start; end < to; ) {
      node = childOf(trie, node, symbols[end++]);
      if (node < 0) break;
      const piece = trie.pieces[node];
      if (piece < 0) continue;
      if (end === start + 1) single = true;
      addEdge(lattice, start - from, end - from, piece);
    }
    if (!single) addEdge(lattice, start - from, start - from + 1, unknownPiece);
  }
}

/**
 * Viterbi: afterwards `bestEdge` holds the best way (greatest sum of scores) and forward[length] its score.
 * Of equal ways to reach a position the one whose last edge starts first wins; sums run from left to right in float64.
 * Both as in the Hugging Face Unigram model, whose ids are to be met exactly.
 * @param scores         log probability by piece index
 * @param unknownScore   score of an unknown character
 */
export function findBestPath(lattice: Lattice, scores: Float64Array, unknownScore: number): void {
  const { forward, bestEdge, starts, ends, pieces } = lattice;
  forward.fill(Number.NEGATIVE_INFINITY, 0, lattice.length + 1);
  forward[0] = 0;
  for (let edge = 0; edge < lattice.edges; edge++) {
    const piece = pieces[edge];
    const score = forward[starts[edge]] + (piece === unknownPiece ? unknownScore : scores[piece]);
    if (score > forward[ends[edge]]) {
      forward[ends[edge]] = score;
      bestEdge[ends[edge]] = edge;
    }
  }
}

/** Edges of the best path, in order; after findBestPath. */
export function bestPath(lattice: Lattice): number[] {
  const path: number[] = [];
  for (let at = lattice.length; at > 0; at = lattice.starts[lattice.bestEdge[at]]) path.push(lattice.bestEdge[at]);
  return path.reverse();
}

/**
 * Forward-backward: adds to `expected` how often each piece is used, over all ways to cut the text weighted by their probability.
 * @param weight    how often the text stands in the corpus
 * @param expected  float64 by piece index, added to
 * @returns the log probability of the text
 */
export function addExpectedCounts(
  lattice: Lattice,
  scores: Float64Array,
  weight: number,
  expected: Float64Array,
): number {
  const { length, edges, forward, backward, starts, ends, pieces } = lattice;
  forward.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
  backward.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
  forward[0] = 0;
  backward[length] = 0;
  for (let edge = 0; edge < edges; edge++) {
    const end = ends[edge];
    forward[end] = logAdd(forward[end], forward[starts[edge]] + scores[pieces[edge]]);
  }
  const total = forward[length];
  for (let edge = edges - 1; edge >= 0; edge--) {
    const piece = pieces[edge];
    const onward = scores[piece] + backward[ends[edge]];
    expected[piece] += weight * Math.exp(forward[starts[edge]] + onward - total);
    backward[starts[edge]] = logAdd(backward[starts[edge]], onward);
  }
  return total;
}

/** log(e^a + e^b) without overflow */
function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  const larger = Math.max(a, b);
  const gap = Math.min(a, b) - larger;
  // below -50 the smaller one is lost in float64 anyway
  return gap < -50 ? larger : larger + Math.log1p(Math.exp(gap));
}
