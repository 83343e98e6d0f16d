import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomisationTest } from '../../src/evaluation/randomisation.js';

/** p of all 2^n assignments of signs. */
function exactP(differences: readonly number[]): number {
  const n = differences.length;
  const sum = (signs: number): number =>
    Math.abs(differences.reduce((total, d, i) => total + ((signs >> i) & 1 ? d : -d), 0));
  const observed = Math.abs(differences.reduce((total, d) => total + d, 0));
  let reached = 0;
  for (let signs = 0; signs < 2 ** n; signs++) if (sum(signs) >= observed - 1e-9) reached++;
  return reached / 2 ** n;
}

describe('randomisationTest', () => {
  it('the exact test itself, worked by hand: 2 of 8 assignments reach 1 + 2 + 3', () => {
    expect(exactP([1, 2, 3])).toBe(2 / 8);
    // |sum| >= 4 for signs of (1, 2, 3) with 2 + 3 - 1 = 4: +++ ++- ... : 6, 4 and their mirror images
    expect(exactP([-1, 2, 3])).toBe(4 / 8);
  });

  it('agrees with exact enumeration', () => {
    const difference = fc.integer({ min: -5, max: 5 }).map(d => d / 10);
    fc.assert(
      fc.property(fc.array(difference, { minLength: 1, maxLength: 8 }), fc.nat(), (differences, seed) => {
        const samples = 4000;
        const exact = exactP(differences);
        // six standard errors of a share, and the +1
        const allowed = 6 * Math.sqrt((exact * (1 - exact)) / samples) + 1 / samples;
        expect(Math.abs(randomisationTest(differences, { seed, samples }) - exact)).toBeLessThanOrEqual(allowed);
      }),
      { numRuns: 50 },
    );
  });

  it('is 1 where no query differs, and never 0', () => {
    expect(randomisationTest([0, 0, 0], { seed: 1, samples: 99 })).toBe(1);
    // 2 of 2^40 assignments reach the observed mean: none of 99 draws does, the observed one counts: 1 / 100
    expect(randomisationTest(new Array(40).fill(1), { seed: 1, samples: 99 })).toBe(1 / 100);
  });

  it('is two-sided and the same for the same seed', () => {
    const differences = [0.3, -0.1, 0.2, 0.25, 0, -0.05];
    const p = randomisationTest(differences, { seed: 5 });
    expect(randomisationTest(differences, { seed: 5 })).toBe(p);
    expect(
      randomisationTest(
        differences.map(d => -d),
        { seed: 5 },
      ),
    ).toBe(p);
    expect(p).toBeGreaterThan(0.05);
  });

  it('takes rounding for a tie: .1 + .2 + .3 in any order', () => {
    // exact p = 2/8; without the tolerance one of the two assignments could be lost
    for (const differences of [
      [0.1, 0.2, 0.3],
      [0.3, 0.2, 0.1],
      [-0.3, -0.1, -0.2],
    ]) {
      expect(randomisationTest(differences, { seed: 2, samples: 20_000 })).toBeCloseTo(0.25, 1);
    }
  });

  it('refuses no queries and no samples', () => {
    expect(() => randomisationTest([], { seed: 1 })).toThrowError(
      expect.objectContaining({ code: 'evaluation/no-queries' }),
    );
    expect(() => randomisationTest([1], { seed: 1, samples: 0 })).toThrowError(
      expect.objectContaining({ code: 'usage/bad-value' }),
    );
  });
});
