import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adamDense, adamRows, correctedRate, createMoments } from '../../../training/optimisers/adam.js';

const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

describe('adamDense', () => {
  it('takes two steps worked by hand', () => {
    const values = Float32Array.of(1);
    const moments = createMoments(1);
    // step 1, g = 2: m = .1 * 2 = .2, v = .001 * 4 = .004; bias-corrected 2 and 4: the value moves by rate * 2 / sqrt 4 = rate
    adamDense(values, moments, Float32Array.of(2), 1, 0.1, 1, settings);
    expect(moments.first[0]).toBeCloseTo(0.2, 6);
    expect(moments.second[0]).toBeCloseTo(0.004, 8);
    expect(values[0]).toBeCloseTo(0.9, 5);
    // step 2, g = -1: m = .9 * .2 - .1 = .08, v = .999 * .004 + .001 = .004996
    // corrected: .08 / (1 - .81) = .421053, .004996 / (1 - .998001) = 2.499250: .1 * .421053 / 1.580902 = .0266337
    adamDense(values, moments, Float32Array.of(-1), 1, 0.1, 2, settings);
    expect(moments.first[0]).toBeCloseTo(0.08, 6);
    expect(moments.second[0]).toBeCloseTo(0.004996, 8);
    expect(values[0]).toBeCloseTo(0.9 - 0.0266337, 5);
  });

  it('scales the gradient before anything else', () => {
    const [a, b] = [createMoments(2), createMoments(2)];
    const [x, y] = [Float32Array.of(1, 1), Float32Array.of(1, 1)];
    adamDense(x, a, Float32Array.of(4, -8), 0.25, 0.1, 1, settings);
    adamDense(y, b, Float32Array.of(1, -2), 1, 0.1, 1, settings);
    expect([x, a]).toEqual([y, b]);
  });

  it('holds both bias corrections in one rate', () => {
    // t = 1: sqrt(.001) / .1
    expect(correctedRate(1, 1, settings)).toBeCloseTo(Math.sqrt(0.001) / 0.1, 12);
    expect(correctedRate(0.5, 100_000, settings)).toBeCloseTo(0.5, 12);
  });
});

describe('adamRows', () => {
  const gradient = fc.double({ min: -3, max: 3, noNaN: true });

  it('equals dense Adam where every row is touched in every step, in whatever order', () => {
    const steps = fc.array(
      fc.tuple(fc.array(gradient, { minLength: 6, maxLength: 6 }), fc.shuffledSubarray([0, 1, 2], { minLength: 3 })),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(steps, taken => {
        const dense = Float32Array.of(1, 2, 3, 4, 5, 6);
        const lazy = dense.slice();
        const [a, b] = [createMoments(6), createMoments(6)];
        taken.forEach(([g, rows], t) => {
          adamDense(dense, a, Float32Array.from(g), 0.5, 0.01, t + 1, settings);
          // slot after slot, and memory behind the last one that is of no concern
          const slots = Float32Array.from([...rows.flatMap(row => g.slice(2 * row, 2 * row + 2)), 99, 99]);
          adamRows(lazy, 2, b, { rows, values: slots }, 0.5, 0.01, t + 1, settings);
        });
        expect([lazy, b]).toEqual([dense, a]);
      }),
    );
  });

  it('keeps the bytes of the rows that are not touched, and of their moments', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const moments = { first: Float32Array.of(1, 1, 1, 1, 1, 1), second: Float32Array.of(2, 2, 2, 2, 2, 2) };
    adamRows(values, 2, moments, { rows: [1], values: Float32Array.of(0.5, -0.5) }, 1, 0.1, 7, settings);
    const others = (all: Float32Array) => [...all.slice(0, 2), ...all.slice(4)];
    expect(others(values)).toEqual([1, 2, 5, 6]);
    expect(others(moments.first)).toEqual([1, 1, 1, 1]);
    expect(others(moments.second)).toEqual([2, 2, 2, 2]);
    expect(values[2]).not.toBe(3);
    expect(moments.first[2]).toBeCloseTo(0.95, 6);
  });
});
