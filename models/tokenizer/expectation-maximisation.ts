import { addExpectedCounts, emptyLattice, fillLattice } from './lattice.js';
import { buildTrie } from './piece-trie.js';
import type { Piece } from './seed-pieces.js';
import type { Units } from './units.js';

/** Below this expected count a piece is given up; .5 in SentencePiece. */
const leastExpected = 0.5;

export interface Expectation {
  /** float64 [pieces], expected uses of each piece */
  readonly expected: Float64Array;
  /** mean log probability of a unit, weighted by its count */
  readonly logLikelihood: number;
}

/**
 * E step: expected uses of each piece over all ways to cut every unit (forward-backward).
 * @param pieces  score = log probability; every character of the units must be a piece
 */
export function expectPieces(units: Units, pieces: readonly Piece[]): Expectation {
  const trie = buildTrie(pieces.map(piece => piece.text));
  const scores = Float64Array.from(pieces, piece => piece.score);
  const expected = new Float64Array(pieces.length);
  const lattice = emptyLattice();
  let logLikelihood = 0;
  let total = 0;
  units.counts.forEach((count, unit) => {
    fillLattice(lattice, trie, units.symbols, units.starts[unit], units.starts[unit + 1]);
    logLikelihood += count * addExpectedCounts(lattice, scores, count, expected);
    total += count;
  });
  return { expected, logLikelihood: logLikelihood / total };
}

/**
 * M step: log probabilities from expected counts, as exp(digamma(count)) / exp(digamma(sum)): the variational form, which is
 * sparser than the plain ratio because rare pieces lose more (Liang & Klein, ACL 2007 tutorial; as SentencePiece does).
 * Pieces of more than one character below an expected count of .5 are given up; single characters always stay.
 */
export function maximisePieces(pieces: readonly Piece[], expected: Float64Array): Piece[] {
  const kept: Piece[] = [];
  let sum = 0;
  pieces.forEach(({ text }, i) => {
    if (expected[i] < leastExpected && !isSingle(text)) return;
    const count = Math.max(expected[i], leastExpected);
    kept.push({ text, score: count });
    sum += count;
  });
  const logSum = digamma(sum);
  return kept.map(({ text, score }) => ({ text, score: digamma(score) - logSum }));
}

/** One character, which may be two UTF-16 units. */
export const isSingle = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);

/** d/dx log Gamma(x), x > 0: recurrence up to 7, then the asymptotic series (Abramowitz & Stegun 6.3.18); error below 1e-10. */
export function digamma(x: number): number {
  let shift = 0;
  for (; x < 7; x++) shift -= 1 / x;
  const r = 1 / (x * x);
  return shift + Math.log(x) - 0.5 / x - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))));
}
