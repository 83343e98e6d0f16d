import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { createFlatIndex, innerProduct } from '../../src/vector/flat-index.js';
import { bruteForce, clusteredVectors, describeVectorIndex } from '../contract/vector-index.js';

describeVectorIndex('flat', 'vectors.f32', createFlatIndex);

describe('createFlatIndex', () => {
  it('multiplies the whole row, whatever its width', () => {
    // row 1 of width 5: 1*6 + 2*7 + 3*8 + 4*9 + 5*10 = 130; of width 4 without the last: 80
    const rows = Float32Array.of(0, 0, 0, 0, 0, 6, 7, 8, 9, 10);
    expect(innerProduct(Float32Array.of(1, 2, 3, 4, 5), rows, 1)).toBe(130);
    expect(innerProduct(Float32Array.of(1, 2, 3, 4), rows.slice(1), 1)).toBe(80);
  });

  it('is exact: equal to sorting every score', () => {
    const rows = clusteredVectors(500, 12, 7, seededRandom(11));
    const index = createFlatIndex(12);
    index.add(
      Array.from({ length: 500 }, (_, i) => String(i)),
      rows,
    );
    for (let q = 0; q < 20; q++) {
      const query = clusteredVectors(1, 12, 1, seededRandom(100 + q));
      expect(index.search(query, 25).map(({ id }) => id)).toEqual(bruteForce(rows, query, 25).map(({ id }) => id));
    }
  });
});
