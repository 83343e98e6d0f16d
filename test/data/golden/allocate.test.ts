import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../../data/golden/allocate.js';

const many = 1_000;
const of = (...masses: number[]) => masses.map(mass => ({ mass, queries: many }));

describe('allocate', () => {
  it('gives in proportion to the square root of the mass', () => {
    // square roots 10, 5, 2
    expect(allocate(of(100, 25, 4), 17)).toEqual([10, 5, 2]);
    expect(allocate(of(9, 9), 4)).toEqual([2, 2]);
  });

  it('rounds by largest remainders, of equal ones the first', () => {
    // quotas 100/17 = 5.88, 50/17 = 2.94, 20/17 = 1.18
    expect(allocate(of(100, 25, 4), 10)).toEqual([6, 3, 1]);
    expect(allocate(of(1, 1, 1), 4)).toEqual([2, 1, 1]);
  });

  it('gives what a small stratum lacks to the others', () => {
    const [small, ...others] = of(100, 25, 4);
    // 3 of the first; of 14 the others give 5/7 and 2/7
    expect(allocate([{ ...small, queries: 3 }, ...others], 17)).toEqual([3, 10, 4]);
  });

  it('gives all where fewer are there, and none of nothing', () => {
    expect(
      allocate(
        [
          { mass: 5, queries: 2 },
          { mass: 1, queries: 1 },
        ],
        50,
      ),
    ).toEqual([2, 1]);
    expect(allocate(of(4, 1), 0)).toEqual([0, 0]);
    expect(allocate([], 10)).toEqual([]);
  });

  const stratum = fc
    .record({ queries: fc.integer({ min: 1, max: 50 }), times: fc.integer({ min: 1, max: 1_000 }) })
    .map(({ queries, times }) => ({ queries, mass: queries * times }));

  it('adds up, gives no more than there is, and no less to what was asked more', () => {
    fc.assert(
      fc.property(fc.array(stratum, { maxLength: 30 }), fc.integer({ min: 0, max: 400 }), (strata, size) => {
        const parts = allocate(strata, size);
        const all = strata.reduce((sum, { queries }) => sum + queries, 0);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Math.min(size, all));
        parts.forEach((part, i) => {
          expect(part).toBeLessThanOrEqual(strata[i].queries);
          for (const [j, other] of strata.entries())
            if (other.mass > strata[i].mass && parts[j] < other.queries) expect(parts[j]).toBeGreaterThanOrEqual(part);
        });
      }),
      { seed: 5 },
    );
  });
});
