import { describe, expect, it } from 'vitest';
import { correctForPopularity, documentChances } from '../../training/popularity-correction.js';

describe('documentChances', () => {
  it('mixes even draws with draws by popularity', () => {
    const chances = documentChances(Float64Array.of(3, 1, 0, 0), 0.2);
    // .2 / 4 each, and .8 times 3/4, 1/4, 0, 0
    [0.65, 0.25, 0.05, 0.05].forEach((expected, document) => {
      expect(chances[document]).toBeCloseTo(expected, 12);
    });
  });

  it('is even where there is no pair', () => {
    expect(Array.from(documentChances(Float64Array.of(0, 0), 0.5))).toEqual([0.5, 0.5]);
  });
});

describe('correctForPopularity', () => {
  it('gives the softmax of s cos - ln p, up to what is added to a whole row', () => {
    const scores = [3, 1, -2, 0.5];
    const chances = Float64Array.of(0.5, 0.25, 0.125, 0.125);
    const blocked = new Float32Array(8);
    correctForPopularity(blocked, chances);
    const softmax = (row: readonly number[]): number[] => {
      const powers = row.map(Math.exp);
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map(power => power / sum);
    };
    for (const b of [0, 1]) {
      const ours = softmax(scores.map((score, j) => score + blocked[b * 4 + j]));
      const wanted = softmax(scores.map((score, j) => score - Math.log(chances[j])));
      ours.forEach((value, j) => {
        expect(value).toBeCloseTo(wanted[j], 6);
      });
      expect(blocked[b * 4 + b]).toBe(0);
    }
  });
});
