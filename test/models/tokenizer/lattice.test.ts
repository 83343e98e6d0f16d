import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addExpectedCounts,
  bestPath,
  emptyLattice,
  fillLattice,
  findBestPath,
  unknownPiece,
} from '../../../models/tokenizer/lattice.js';
import { buildTrie } from '../../../models/tokenizer/piece-trie.js';
import type { Piece } from '../../../models/tokenizer/seed-pieces.js';
import { scoreOf, segmentations } from './segmentations.js';

const symbolsOf = (text: string): Int32Array => Int32Array.from(text, character => character.codePointAt(0)!);

const latticeOf = (text: string, pieces: readonly Piece[]) => {
  const lattice = emptyLattice();
  const symbols = symbolsOf(text);
  fillLattice(lattice, buildTrie(pieces.map(piece => piece.text)), symbols, 0, symbols.length);
  return { lattice, scores: Float64Array.from(pieces, piece => piece.score) };
};

const alphabet = ['a', 'b', '𝒳'];
const letters = fc.constantFrom(...alphabet);
const textOf = (minLength: number, maxLength: number) =>
  fc.array(letters, { minLength, maxLength }).map(parts => parts.join(''));
/** all single letters and some longer pieces */
const vocabulary = fc
  .tuple(
    fc.uniqueArray(textOf(2, 4), { maxLength: 8 }),
    fc.infiniteStream(fc.double({ min: -8, max: -0.1, noNaN: true })),
  )
  .map(([longer, score]) =>
    [...new Set([...alphabet, ...longer])].map(text => ({ text, score: score.next().value ?? -1 })),
  );

describe('findBestPath', () => {
  it('finds the greatest sum among all segmentations', () => {
    fc.assert(
      fc.property(textOf(1, 9), vocabulary, (text, pieces) => {
        const { lattice, scores } = latticeOf(text, pieces);
        findBestPath(lattice, scores, -100);
        const path = bestPath(lattice).map(edge => pieces[lattice.pieces[edge]]);
        expect(path.map(piece => piece.text).join('')).toBe(text);
        const best = Math.max(...segmentations(text, pieces).map(scoreOf));
        expect(scoreOf(path)).toBeCloseTo(best, 9);
        expect(lattice.forward[lattice.length]).toBeCloseTo(best, 9);
      }),
    );
  });

  it('takes the way whose last edge starts first when two are equal', () => {
    // 0|00 and 00|0 both score -3: the last edge of the first starts at 1, of the second at 2
    const { lattice, scores } = latticeOf('000', [
      { text: '0', score: -2 },
      { text: '00', score: -1 },
    ]);
    findBestPath(lattice, scores, -100);
    expect(bestPath(lattice).map(edge => lattice.pieces[edge])).toEqual([0, 1]);
  });

  it('crosses a character without a piece by an unknown edge', () => {
    const { lattice, scores } = latticeOf('a?a', [{ text: 'a', score: -1 }]);
    findBestPath(lattice, scores, -11);
    expect(bestPath(lattice).map(edge => lattice.pieces[edge])).toEqual([0, unknownPiece, 0]);
    expect(lattice.forward[3]).toBe(-13);
  });

  it('grows with a long text and is used again for a short one', () => {
    const pieces = [
      { text: 'a', score: -1 },
      { text: 'aa', score: -1.5 },
    ];
    const { lattice, scores } = latticeOf('a'.repeat(2001), pieces);
    findBestPath(lattice, scores, -100);
    expect(lattice.forward[2001]).toBeCloseTo(1000 * -1.5 - 1, 6);
    fillLattice(lattice, buildTrie(['a', 'aa']), symbolsOf('aaa'), 1, 3);
    findBestPath(lattice, scores, -100);
    expect(lattice.forward[2]).toBe(-1.5);
  });
});

describe('addExpectedCounts', () => {
  it('equals the sum over all segmentations', () => {
    fc.assert(
      fc.property(textOf(1, 8), vocabulary, fc.integer({ min: 1, max: 9 }), (text, pieces, weight) => {
        const { lattice, scores } = latticeOf(text, pieces);
        const expected = new Float64Array(pieces.length);
        const total = addExpectedCounts(lattice, scores, weight, expected);
        const paths = segmentations(text, pieces);
        const mass = paths.reduce((sum, path) => sum + Math.exp(scoreOf(path)), 0);
        expect(total).toBeCloseTo(Math.log(mass), 9);
        pieces.forEach((piece, i) => {
          const uses = paths.reduce(
            (sum, path) => sum + path.filter(part => part === piece).length * Math.exp(scoreOf(path)),
            0,
          );
          expect(expected[i]).toBeCloseTo((weight * uses) / mass, 8);
        });
      }),
    );
  });

  it('does not underflow over a thousand characters', () => {
    const { lattice, scores } = latticeOf('a'.repeat(1000), [{ text: 'a', score: -20 }]);
    const expected = new Float64Array(1);
    expect(addExpectedCounts(lattice, scores, 1, expected)).toBeCloseTo(-20_000, 6);
    expect(expected[0]).toBeCloseTo(1000, 6);
  });
});
