import { describe, expect, it } from 'vitest';
import { clipFactor, sumOfSquares } from '../../training/gradient-clip.js';

describe('gradient clipping', () => {
  it('adds up squares in doubles, of the first values alone where asked', () => {
    expect(sumOfSquares(Float32Array.of(1, 2, 3))).toBe(14);
    expect(sumOfSquares(Float32Array.of(1, 2, 3), 2)).toBe(5);
    // 1e30 squared is above every float32
    expect(sumOfSquares(Float32Array.of(1e30))).toBeGreaterThan(9e59);
  });

  it('shortens a gradient to the limit and leaves a shorter one alone', () => {
    expect(clipFactor(5, 1)).toBeCloseTo(0.2, 12);
    expect(clipFactor(1, 1)).toBe(1);
    expect(clipFactor(0.5, 1)).toBe(1);
    expect(clipFactor(0, 1)).toBe(1);
  });
});
