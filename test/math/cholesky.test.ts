import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choleskyOf } from '../../src/math/cholesky.js';

describe('choleskyOf', () => {
  it('solves a system worked by hand', () => {
    // 4x + 2y = 2, 2x + 3y = 5; the determinant is 8
    const { solve, inverseDiagonal } = choleskyOf(Float64Array.of(4, 2, 2, 3), 2);
    const [x, y] = solve(Float64Array.of(2, 5));
    expect([x, y]).toEqual([expect.closeTo(-0.5, 12), expect.closeTo(2, 12)]);
    expect([...inverseDiagonal()]).toEqual([expect.closeTo(3 / 8, 12), expect.closeTo(4 / 8, 12)]);
  });

  it('solves what any sum of squares gives', () => {
    const entry = fc.double({ min: -10, max: 10, noNaN: true });
    const system = fc
      .integer({ min: 1, max: 6 })
      .chain(n =>
        fc.tuple(
          fc.constant(n),
          fc.array(entry, { minLength: n * n, maxLength: n * n }),
          fc.array(entry, { minLength: n, maxLength: n }),
        ),
      );
    fc.assert(
      fc.property(system, ([n, root, x]) => {
        // A = R Rᵀ + I
        const cell = (i: number, j: number): number =>
          root.slice(i * n, i * n + n).reduce((sum, value, k) => sum + value * root[j * n + k], i === j ? 1 : 0);
        const matrix = Float64Array.from({ length: n * n }, (_, at) => cell(Math.floor(at / n), at % n));
        const b = Float64Array.from({ length: n }, (_, i) =>
          x.reduce((sum, value, j) => sum + matrix[i * n + j] * value, 0),
        );
        const solved = choleskyOf(matrix, n).solve(b);
        for (const [i, value] of solved.entries()) expect(value).toBeCloseTo(x[i], 6);
      }),
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => choleskyOf(Float64Array.of(1, 2, 2, 1), 2)).toThrow(RangeError);
    expect(() => choleskyOf(Float64Array.of(Number.NaN), 1)).toThrow(RangeError);
  });
});
