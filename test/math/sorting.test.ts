import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish } from '../../src/math/finish.js';
import { seededRandom } from '../../src/math/random.js';
import { sorting } from '../../src/math/sorting.js';

describe('sorting', () => {
  it('sorts as an array does, equal ones in their order', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 4095, 4096, 4097, 20_000), fc.integer(), (size, seed) => {
        const random = seededRandom(seed);
        const items = Array.from({ length: size }, (_, place) => ({ key: random.below(500), place }));
        const compare = (a: { key: number }, b: { key: number }): number => a.key - b.key;
        expect(finish(sorting(items, compare))).toEqual(items.toSorted(compare));
      }),
      { numRuns: 20 },
    );
  });

  it('gives way after some thousands', () => {
    const steps = [
      ...sorting(
        Array.from({ length: 50_000 }, (_, i) => -i),
        (a, b) => a - b,
      ),
    ];
    expect(Math.max(...steps)).toBe(4096);
    expect(steps.length).toBeGreaterThan(50_000 / 4096);
  });
});
