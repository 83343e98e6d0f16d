import { isSingle } from './expectation-maximisation.js';
import { bestPath, emptyLattice, fillLattice, findBestPath, type Lattice } from './lattice.js';
import { buildTrie, type PieceTrie } from './piece-trie.js';
import type { Piece } from './seed-pieces.js';
import type { Units } from './units.js';

/** Share of the pieces that one round keeps; .75 in SentencePiece. */
const keptShare = 0.75;

/**
 * Drops the pieces whose loss would lower the likelihood of the corpus least: the uses of a piece on the best paths are
 * thought to go to its own best cut into other pieces (Kudo, ACL 2018, section 3.2, approximated as in SentencePiece).
 * Single characters always stay.
 * @param pieces  score = log probability
 * @param target  keeps no fewer than this many, and no fewer than three quarters
 */
export function prunePieces(units: Units, pieces: readonly Piece[], target: number): Piece[] {
  const trie = buildTrie(pieces.map(piece => piece.text));
  const scores = Float64Array.from(pieces, piece => piece.score);
  const uses = countUses(units, trie, scores);
  const sum = uses.reduce((total, count) => total + count, 0);
  const lattice = emptyLattice();
  const kept: number[] = [];
  const candidates: { index: number; loss: number }[] = [];
  for (const [index, { text, score }] of pieces.entries()) {
    if (isSingle(text)) {
      kept.push(index);
    } else if (uses[index] > 0) {
      const instead = cutWithoutItself(lattice, trie, scores, text);
      // a piece that is cut better by others would not be chosen anyway
      if (lattice.forward[lattice.length] <= score)
        candidates.push({ index, loss: lossOf(uses[index], sum, instead, uses) });
    }
  }
  candidates.sort((a, b) => b.loss - a.loss || a.index - b.index);
  const room = Math.max(target, Math.floor(keptShare * pieces.length)) - kept.length;
  for (const { index } of candidates.slice(0, Math.max(0, room))) kept.push(index);
  return kept.sort((a, b) => a - b).map(index => pieces[index]);
}

/** How often each piece stands on the best path of a unit. */
function countUses(units: Units, trie: PieceTrie, scores: Float64Array): Float64Array {
  const uses = new Float64Array(scores.length);
  const lattice = emptyLattice();
  units.counts.forEach((count, unit) => {
    fillLattice(lattice, trie, units.symbols, units.starts[unit], units.starts[unit + 1]);
    findBestPath(lattice, scores, Number.NEGATIVE_INFINITY);
    for (const edge of bestPath(lattice)) uses[lattice.pieces[edge]] += count;
  });
  return uses;
}

/** Best cut of a piece into other pieces; its score is left in lattice.forward[length]. */
function cutWithoutItself(lattice: Lattice, trie: PieceTrie, scores: Float64Array, text: string): number[] {
  const symbols = Int32Array.from(text, character => character.codePointAt(0)!);
  fillLattice(lattice, trie, symbols, 0, symbols.length);
  dropWholeEdge(lattice);
  findBestPath(lattice, scores, Number.NEGATIVE_INFINITY);
  return bestPath(lattice).map(edge => lattice.pieces[edge]);
}

function dropWholeEdge(lattice: Lattice): void {
  const { starts, ends, pieces, length } = lattice;
  let kept = 0;
  for (let edge = 0; edge < lattice.edges; edge++) {
    if (ends[edge] - starts[edge] === length) continue;
    starts[kept] = starts[edge];
    ends[kept] = ends[edge];
    pieces[kept++] = pieces[edge];
  }
  lattice.edges = kept;
}

/**
 * Fall of the corpus' log likelihood when a piece goes: n (log(n / N) - sum over its parts of log((n_part + n) / (N + n (parts - 1)))).
 * @param count    n, uses of the piece
 * @param sum      N, uses of all pieces
 * @param instead  indexes of the parts
 */
export function lossOf(count: number, sum: number, instead: readonly number[], uses: Float64Array): number {
  const newSum = Math.log(sum + count * (instead.length - 1));
  const after = instead.reduce((total, part) => total + Math.log(uses[part] + count) - newSum, 0);
  return count * (Math.log(count / sum) - after);
}
