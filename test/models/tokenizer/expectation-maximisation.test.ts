import { describe, expect, it } from 'vitest';
import { digamma, expectPieces, isSingle, maximisePieces } from '../../../models/tokenizer/expectation-maximisation.js';
import { packUnits } from '../../../models/tokenizer/units.js';

/** three words: ab twice, a once, b once; p(a) = p(b) = 1/4, p(ab) = 1/2 */
const units = packUnits([
  ['ab', 2],
  ['a', 1],
  ['b', 1],
]);
const pieces = [
  { text: 'a', score: Math.log(1 / 4) },
  { text: 'b', score: Math.log(1 / 4) },
  { text: 'ab', score: Math.log(1 / 2) },
];

describe('expectPieces', () => {
  it('is the hand-worked E step', () => {
    const { expected, logLikelihood } = expectPieces(units, pieces);
    // ab: the whole 1/2, a|b 1/16, together 9/16: shares 8/9 and 1/9; twice
    expect(expected[2]).toBeCloseTo(2 * (8 / 9), 12);
    expect(expected[0]).toBeCloseTo(2 / 9 + 1, 12);
    expect(expected[1]).toBeCloseTo(2 / 9 + 1, 12);
    expect(logLikelihood).toBeCloseTo((2 * Math.log(9 / 16) + 2 * Math.log(1 / 4)) / 4, 12);
  });

  it('never lowers the likelihood when the plain ratio is the M step', () => {
    let now = pieces;
    let before = Number.NEGATIVE_INFINITY;
    for (let step = 0; step < 5; step++) {
      const { expected, logLikelihood } = expectPieces(units, now);
      expect(logLikelihood).toBeGreaterThanOrEqual(before - 1e-12);
      before = logLikelihood;
      const sum = expected.reduce((total, count) => total + count, 0);
      now = now.map(({ text }, i) => ({ text, score: Math.log(expected[i] / sum) }));
    }
  });
});

describe('maximisePieces', () => {
  it('is the hand-worked M step', () => {
    // digamma(1) = -gamma, digamma(2) = 1 - gamma, digamma(4) = 1 + 1/2 + 1/3 - gamma: gamma falls out of the differences
    const scores = maximisePieces(pieces, Float64Array.of(1, 1, 2)).map(piece => piece.score);
    expect(scores[0]).toBeCloseTo(-11 / 6, 9);
    expect(scores[1]).toBeCloseTo(-11 / 6, 9);
    expect(scores[2]).toBeCloseTo(1 - 11 / 6, 9);
  });

  it('gives up a longer piece below one half and keeps a single character', () => {
    const kept = maximisePieces(pieces, Float64Array.of(0, 3, 0.49));
    expect(kept.map(piece => piece.text)).toEqual(['a', 'b']);
    // a counts one half: digamma(1/2) - digamma(7/2) = -(2 + 2/3 + 2/5)
    expect(kept[0].score).toBeCloseTo(-(2 + 2 / 3 + 2 / 5), 9);
  });
});

describe('digamma', () => {
  it('has its known values', () => {
    const gamma = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-gamma, 9);
    expect(digamma(0.5)).toBeCloseTo(-gamma - 2 * Math.LN2, 9);
    expect(digamma(10.5) - digamma(9.5)).toBeCloseTo(1 / 9.5, 9);
  });
});

describe('isSingle', () => {
  it('counts characters, not UTF-16 units', () => {
    expect(['a', '𝒳', 'ab', '𝒳a', ''].map(isSingle)).toEqual([true, true, false, false, false]);
  });
});
