import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBm25, inverseDocumentFrequency, occurrenceWeight, termScore } from '../../src/lexical/bm25.js';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const k1 = real(0.01, 5);
const b = real(0.01, 1);
const count = fc.integer({ min: 1, max: 10_000 });

describe('BM25', () => {
  it('gives the numbers worked by hand', () => {
    // N = 3, df = 1: ln(1 + 2.5 / 1.5) = ln(8/3)
    expect(inverseDocumentFrequency(3, 1)).toBeCloseTo(Math.log(8 / 3), 12);
    // b = .5, length 6, average 4: 1 - .5 + .5 * 1.5 = 1.25
    expect(occurrenceWeight(0.5, 1, 6, 4)).toBeCloseTo(1 / 1.25, 12);
    // idf 2, k1 = 1, x = 3: 2 * 3 / 4
    expect(termScore(1, 2, 3)).toBe(1.5);
    // k1 = 0: only presence counts
    expect(termScore(0, 2, 0.1)).toBe(2);
  });

  it('equals the classic form for one field of weight 1', () => {
    fc.assert(
      fc.property(k1, b, count, count, real(1, 1000), (k, bb, tf, length, average) => {
        const classic = tf / (tf + k * (1 - bb + (bb * length) / average));
        expect(termScore(k, 1, tf * occurrenceWeight(bb, 1, length, average))).toBeCloseTo(classic, 12);
      }),
    );
  });

  it('rises with the term frequency and falls with the length and with df, and stays positive', () => {
    fc.assert(
      fc.property(k1, b, count, count, real(1, 1000), count, (k, bb, tf, length, average, df) => {
        const score = (t: number, l: number, d: number): number =>
          termScore(k, inverseDocumentFrequency(20_000, d), t * occurrenceWeight(bb, 1, l, average));
        const base = score(tf, length, df);
        expect(base).toBeGreaterThan(0);
        expect(score(tf + 1, length, df)).toBeGreaterThan(base);
        expect(score(tf, length + 1, df)).toBeLessThan(base);
        expect(score(tf, length, df + 1)).toBeLessThan(base);
      }),
    );
  });

  it('refuses parameters out of their bounds', () => {
    for (const bad of [
      { k1: -1, b: 0.5 },
      { k1: Number.NaN, b: 0.5 },
      { k1: Number.POSITIVE_INFINITY, b: 0 },
      { k1: 1, b: -0.1 },
      { k1: 1, b: Number.NaN },
    ]) {
      expect(() => checkBm25(bad)).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
    }
    expect(() => checkBm25({ k1: 1, b: 1.4 })).toThrow('BM25: b must be in [0, 1], got 1.4');
    expect(() => checkBm25({ k1: 0, b: 0 })).not.toThrow();
  });
});
