import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isotonicRegression, stepAt } from '../../src/math/isotonic.js';

describe('isotonic regression', () => {
  it('pools what falls', () => {
    // 0, 1, 0 and 1: the fall from 1 to 0 becomes their mean
    expect(isotonicRegression([4, 1, 2, 3], [1, 0, 1, 0])).toEqual({ positions: [1, 2, 4], values: [0, 0.5, 1] });
    expect(isotonicRegression([1, 2, 3], [3, 2, 1])).toEqual({ positions: [1], values: [2] });
    expect(isotonicRegression([5, 5, 6], [0, 1, 1])).toEqual({ positions: [5, 6], values: [0.5, 1] });
  });

  it('has the last step that began, and the first one before all', () => {
    const steps = { positions: [1, 3], values: [0.2, 0.9] };
    expect([0, 1, 2.9, 3, 9].map(position => stepAt(steps, position))).toEqual([0.2, 0.2, 0.2, 0.9, 0.9]);
  });

  it('refuses to make something of nothing', () => {
    expect(() => isotonicRegression([], [])).toThrow(RangeError);
  });

  it('rises, keeps the mean, and is nearer than any other rising step', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: 24,
    });
    fc.assert(
      fc.property(points, all => {
        const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
        const steps = isotonicRegression(xs, ys);
        const fitted = xs.map(x => stepAt(steps, x));
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        const loss = (values: readonly number[]): number => sum(values.map((value, i) => (value - ys[i]) ** 2));
        expect(steps.values).toEqual([...steps.values].sort((a, b) => a - b));
        expect(sum(fitted)).toBeCloseTo(sum(ys), 9);
        // optimal: no block can be lifted or lowered as a whole, nor parted into two that rise
        for (let cut = 0; cut <= 12; cut++)
          for (const low of [0, 1, 2, 3, 4])
            for (let high = low; high <= 4; high++)
              expect(loss(fitted)).toBeLessThanOrEqual(loss(xs.map(x => (x < cut ? low : high))) + 1e-9);
      }),
    );
  });
});
