import { describe, expect, it } from 'vitest';
import { recallAcross } from '../../bench/image-encoder.js';

describe('recallAcross', () => {
  it('is the share whose own is among the k nearest, by cosine', () => {
    const v = (x: number, y: number): Float32Array => Float32Array.of(x, y);
    // 0: its own is nearest, whatever the lengths; 1: that of 0 and 2 are nearer; 2: that of 0 is nearer
    const pictured = [
      [v(1, 0), v(9, 1)],
      [v(1, 0.1), v(0, 1)],
      [v(3, 0), v(1, 1)],
    ] as const;
    expect(recallAcross(pictured, [1, 2, 3])).toEqual([1 / 3, 2 / 3, 1]);
  });
});
