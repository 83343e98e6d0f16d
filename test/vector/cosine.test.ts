import { describe, expect, it } from 'vitest';
import { asCosine, innerProduct } from '../../src/vector/cosine.js';

describe('innerProduct', () => {
  it('multiplies the whole row, whatever its width', () => {
    // row 1 of width 5: 1*6 + 2*7 + 3*8 + 4*9 + 5*10 = 130; of width 4 without the last: 80
    const rows = Float32Array.of(0, 0, 0, 0, 0, 6, 7, 8, 9, 10);
    expect(innerProduct(Float32Array.of(1, 2, 3, 4, 5), rows, 1)).toBe(130);
    expect(innerProduct(Float32Array.of(1, 2, 3, 4), rows.slice(1), 1)).toBe(80);
  });
});

describe('asCosine', () => {
  it('stays within what a cosine can be', () => {
    expect([1 + 1e-7, 0.25, -1 - 1e-7].map(asCosine)).toEqual([1, 0.25, -1]);
  });
});
