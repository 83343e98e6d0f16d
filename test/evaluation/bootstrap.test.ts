import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapMean, bootstrapStatistic } from '../../src/evaluation/bootstrap.js';

/** Mean of every one of the n^n resamples, sorted. */
function allResampledMeans(values: readonly number[]): number[] {
  const n = values.length;
  const means = Array.from({ length: n ** n }, (_, code) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(code / n ** i) % n];
    return sum / n;
  });
  return means.sort((a, b) => a - b);
}

describe('bootstrapMean', () => {
  it('equal values have no width', () => {
    expect(bootstrapMean([0.25, 0.25, 0.25], { seed: 1 })).toEqual({ mean: 0.25, low: 0.25, high: 0.25 });
  });

  it('agrees with all n^n resamples of a small sample', () => {
    const values = [0, 0.1, 0.2, 0.5, 0.7, 1];
    const exact = allResampledMeans(values); // 46,656
    const found = bootstrapMean(values, { seed: 7, samples: 20_000, confidence: 0.9 });
    expect(found.mean).toBeCloseTo(2.5 / 6, 12);
    // one value moves a mean by at most 1/6; the quantiles of 20,000 draws stand within a step or two of .1/6
    expect(Math.abs(found.low - exact[Math.floor(0.05 * exact.length)])).toBeLessThan(0.1 / 6 + 1e-9);
    expect(Math.abs(found.high - exact[Math.floor(0.95 * exact.length)])).toBeLessThan(0.1 / 6 + 1e-9);
  });

  it('is near mean +- 1.96 standard errors where n is large', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 2); // mean 1/2, sd 1/2, standard error 1/40
    const { low, high } = bootstrapMean(values, { seed: 3, samples: 4000 });
    expect(low).toBeCloseTo(0.5 - 1.96 / 40, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 / 40, 2);
  });

  it('is the same for the same seed, inside the range of the values, and wider at more confidence', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (values, seed) => {
          const narrow = bootstrapMean(values, { seed, samples: 100, confidence: 0.5 });
          const wide = bootstrapMean(values, { seed, samples: 100, confidence: 0.9 });
          expect(bootstrapMean(values, { seed, samples: 100, confidence: 0.5 })).toEqual(narrow);
          expect(wide.low).toBeLessThanOrEqual(narrow.low);
          expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
          expect(wide.low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
          expect(wide.high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        },
      ),
    );
  });

  it('another seed draws other samples', () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sqrt(i));
    expect(bootstrapMean(values, { seed: 1 }).low).not.toBe(bootstrapMean(values, { seed: 2 }).low);
  });

  it('refuses no values, too few samples and a confidence outside (0, 1)', () => {
    expect(() => bootstrapMean([], { seed: 1 })).toThrowError(
      expect.objectContaining({ code: 'evaluation/no-queries' }),
    );
    for (const wrong of [{ samples: 39 }, { samples: 50.5 }, { confidence: 1 }, { confidence: 0 }]) {
      expect(() => bootstrapMean([1], { seed: 1, ...wrong })).toThrowError(
        expect.objectContaining({ code: 'usage/bad-value' }),
      );
    }
  });
});

describe('bootstrapStatistic', () => {
  it('of a mean gives what bootstrapMean gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (values, seed) => {
          const mean = (drawn: Int32Array): number =>
            values.reduce((sum, value, i) => sum + value * drawn[i], 0) / values.length;
          const options = { seed, samples: 50 };
          expect(bootstrapStatistic(values.length, mean, options)).toEqual(bootstrapMean(values, options));
        },
      ),
    );
  });

  it('refuses what bootstrapMean refuses', () => {
    const code = (wanted: string) => expect.objectContaining({ code: wanted });
    expect(() => bootstrapStatistic(0, () => 0, { seed: 1 })).toThrow(code('evaluation/no-queries'));
    expect(() => bootstrapStatistic(3, () => 0, { seed: 1, samples: 39 })).toThrow(code('usage/bad-value'));
    expect(() => bootstrapStatistic(3, () => 0, { seed: 1, confidence: 1 })).toThrow(code('usage/bad-value'));
  });
});
