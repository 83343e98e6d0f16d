import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { createFlatIndex } from '../../src/vector/flat-index.js';
import { createHnswIndex } from '../../src/vector/hnsw-index.js';
import type { VectorIndex } from '../../src/vector/vector-index.js';
import { clusteredVectors, describeVectorIndex } from '../contract/vector-index.js';

const parameters = { m: 16, efConstruction: 200, ef: 100 };
describeVectorIndex('hnsw', 'vectors.hnsw', width => createHnswIndex(width, parameters));

describe('createHnswIndex', () => {
  const n = 4000;
  const width = 24;
  const random = seededRandom(21);
  const all = clusteredVectors(n + 100, width, 40, random);
  const rows = all.slice(0, n * width);
  const ids = Array.from({ length: n }, (_, i) => String(i));
  const query = (q: number): Float32Array => all.slice((n + q) * width, (n + q + 1) * width);
  const recall = (
    index: VectorIndex,
    exact: VectorIndex,
    options: { ef?: number; accept?: (id: string) => boolean },
  ): number => {
    let found = 0;
    for (let q = 0; q < 100; q++) {
      const wanted = new Set(exact.search(query(q), 10, options).map(({ id }) => id));
      found += index.search(query(q), 10, options).filter(({ id }) => wanted.has(id)).length;
    }
    return found / 1000;
  };
  const filled = (index: VectorIndex): VectorIndex => {
    index.add(ids, rows);
    return index;
  };
  const exact = filled(createFlatIndex(width));
  const graph = filled(createHnswIndex(width, parameters));

  it('finds over .95 of the ten nearest that an exact scan finds', () => {
    expect(recall(graph, exact, {})).toBeGreaterThan(0.95);
  });

  it('still does under a filter that accepts one in five', () => {
    expect(recall(graph, exact, { accept: id => Number(id) % 5 === 0 })).toBeGreaterThan(0.95);
  });

  it('searches less with a smaller ef of the request, and with the default again afterwards', () => {
    const coarse = recall(graph, exact, { ef: 10 });
    expect(coarse).toBeLessThan(recall(graph, exact, {}));
  });

  it('keeps its recall when half of the ids are removed and others replaced', () => {
    const [thinExact, thinGraph] = [filled(createFlatIndex(width)), filled(createHnswIndex(width, parameters))];
    for (const index of [thinExact, thinGraph]) {
      for (const id of ids) if (Number(id) % 2 === 0) index.remove(id);
      index.add(ids.slice(1, 2), rows.slice(0, width));
    }
    expect(thinGraph.size).toBe(n / 2);
    expect(recall(thinGraph, thinExact, {})).toBeGreaterThan(0.95);
  });
});
