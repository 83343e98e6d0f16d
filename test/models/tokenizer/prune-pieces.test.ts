import { describe, expect, it } from 'vitest';
import { lossOf, prunePieces } from '../../../models/tokenizer/prune-pieces.js';
import { packUnits } from '../../../models/tokenizer/units.js';

const piece = (text: string, probability: number) => ({ text, score: Math.log(probability) });

describe('lossOf', () => {
  it('is the hand-worked fall of likelihood', () => {
    // n = 4 of N = 10; parts used 2 and 4 times: 4 (ln .4 - ln(6/14) - ln(8/14))
    const expected = 4 * (Math.log(0.4) - Math.log(6 / 14) - Math.log(8 / 14));
    expect(lossOf(4, 10, [0, 1], Float64Array.of(2, 4, 4))).toBeCloseTo(expected, 12);
  });
});

describe('prunePieces', () => {
  const units = packUnits([
    ['abab', 10],
    ['cd', 2],
  ]);
  const singles = [piece('a', 0.05), piece('b', 0.05), piece('c', 0.05), piece('d', 0.05)];

  it('keeps what the corpus would miss most, and every single character', () => {
    const pieces = [...singles, piece('ab', 0.5), piece('cd', 0.2)];
    expect(prunePieces(units, pieces, 5).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'ab']);
  });

  it('drops a piece that no best path uses, and one that is cut better by others', () => {
    const pieces = [...singles, piece('ab', 0.5), piece('cd', 0.2), piece('abab', 0.1), piece('bc', 0.1)];
    // abab: ab|ab has .25 > .1
    expect(prunePieces(units, pieces, 8).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'ab', 'cd']);
  });

  it('keeps three quarters when the target is lower', () => {
    const longer = ['ab', 'cd', 'abab'].map((text, i) => piece(text, [0.2, 0.3, 0.25][i]));
    expect(prunePieces(units, [...singles, ...longer], 1)).toHaveLength(Math.floor(0.75 * 7));
  });
});
