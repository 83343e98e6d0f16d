import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { createFlatIndex } from '../../src/vector/flat-index.js';
import { bruteForce, clusteredVectors, describeVectorIndex } from '../contract/vector-index.js';

describeVectorIndex('flat', 'vectors.f32', createFlatIndex);

describe('createFlatIndex', () => {
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
