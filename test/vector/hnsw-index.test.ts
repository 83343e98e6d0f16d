import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, shuffle } from '../../src/math/random.js';
import { createFlatIndex, loadFlatFromGraph } from '../../src/vector/flat-index.js';
import { createHnswIndex } from '../../src/vector/hnsw-index.js';
import { loadVectorIndex } from '../../src/vector/load-vector-index.js';
import { headerFormat } from '../../src/vector/persist.js';
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

describe('equal embeddings in a graph', () => {
  // 300 different ones and 900 copies of one, in random order
  const width = 16;
  const random = seededRandom(5);
  const rows = clusteredVectors(301, width, 301, random);
  const order = [
    ...shuffle(
      Int32Array.from({ length: 1200 }, (_, i) => i),
      random,
    ),
  ];
  const embedding = (i: number): Float32Array => rows.slice(Math.min(i, 300) * width, (Math.min(i, 300) + 1) * width);
  const filled = (index: VectorIndex): VectorIndex => {
    for (const i of order) index.add([String(i)], embedding(i));
    return index;
  };

  it('share a node, so that a search as broad as the 301 different ones finds what an exact scan finds', () => {
    const exact = filled(createFlatIndex(width));
    const graph = filled(createHnswIndex(width, { ...parameters, ef: 301 }));
    for (let q = 0; q < 50; q++) {
      const query = clusteredVectors(1, width, 1, seededRandom(1000 + q));
      const ids = (index: VectorIndex): string[] => index.search(query, 10).map(({ id }) => id);
      expect(ids(graph)).toEqual(ids(exact));
    }
  });

  it('leave no tombstone while one id has them, nor where an id gets the embedding that it has', () => {
    const graph = createHnswIndex(2, parameters);
    graph.add(['a', 'b'], Float32Array.of(1, 0, 1, 0));
    graph.add(['a'], Float32Array.of(1, 0));
    graph.remove('a');
    expect([graph.size, graph.tombstones]).toEqual([1, 0]);
    graph.add(['b'], Float32Array.of(0, 1));
    expect([graph.size, graph.tombstones]).toEqual([1, 1]);
  });
});

describe('a graph in parts', () => {
  // 40 tight bundles of 10 and two links a node: most bundles link to themselves alone
  const width = 8;
  const centres = clusteredVectors(40, width, 40, seededRandom(8));
  const random = seededRandom(9);
  const rows = Float32Array.from({ length: 400 * width }, (_, i) => {
    const centre = Math.floor(i / width / 10) * width;
    return centres[centre + (i % width)] + 1e-3 * random.normal();
  });
  const ids = Array.from({ length: 400 }, (_, i) => String(i));
  const [exact, graph] = [createFlatIndex(width), createHnswIndex(width, { m: 2, efConstruction: 2, ef: 1 })];
  for (const index of [exact, graph]) index.add(ids, rows);
  const query = rows.slice(0, width);

  it.each([1, 10, 100, 399, 400, 1000])('gives %d hits where so many are there', k => {
    expect(graph.search(query, k)).toHaveLength(Math.min(k, 400));
  });

  it('gives all that are accepted, and exactly those that a scan finds where it has to scan', () => {
    const accept = (id: string): boolean => Number(id) % 3 === 0;
    expect(graph.search(query, 400, { accept }).map(({ id }) => id)).toEqual(
      exact.search(query, 400, { accept }).map(({ id }) => id),
    );
  });
});

describe('a graph that is read without hnswlib', () => {
  it('answers exactly as a scan of the same writes: of nodes with several ids, replaced and removed ones too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-graph-'));
    try {
      const [n, width] = [2_100, 24]; // more than are read at a time
      const rows = clusteredVectors(n, width, 40, seededRandom(4));
      const row = (i: number): Float32Array => rows.slice(i * width, (i + 1) * width);
      const written = [createHnswIndex(width, parameters), createFlatIndex(width)].map(index => {
        index.add(
          Array.from({ length: n }, (_, i) => `d${i}`),
          rows,
        );
        index.add(['twin', 'd7', 'gone'], Float32Array.of(...row(3), ...row(3), ...row(4)));
        for (const id of ['gone', 'd2', 'd9']) index.remove(id);
        index.add(['d9'], row(11));
        return index;
      });
      await written[0].save(folder);
      const read = await loadFlatFromGraph(folder);
      expect([read.kind, read.size, read.has('twin'), read.has('gone')]).toEqual(['flat', n, true, false]);
      for (const i of [0, 2, 3, 9, 11, 2_099]) expect(read.search(row(i), n)).toEqual(written[1].search(row(i), n));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a graph that is saved while ids are removed', () => {
  it('has them when it is read, so that they can be found, and removed as what came after the save is made up for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-graph-'));
    try {
      const graph = createHnswIndex(2, parameters);
      graph.add(['a', 'b', 'c'], Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
      graph.remove('c');
      const saved = graph.save(folder);
      graph.remove('a');
      await saved;
      const read = await loadVectorIndex(folder);
      expect(read.search(Float32Array.of(1, 0), 3).map(({ id }) => id)).toEqual(['a', 'b']);
      expect(read.remove('a')).toBe(true);
      expect(read.search(Float32Array.of(1, 0), 3).map(({ id }) => id)).toEqual(['b']);
      expect([read.size, read.tombstones]).toEqual([1, 2]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the header of a graph', () => {
  let folder: string;
  const read = async (): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(folder, 'vectors.json'), 'utf8'));
  const alter = async (change: object): Promise<void> =>
    writeFile(join(folder, 'vectors.json'), JSON.stringify({ ...(await read()), ...change }));
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-graph-'));
    const graph = createHnswIndex(2, parameters);
    graph.add(['a', 'b'], Float32Array.of(1, 0, 0, 1));
    await graph.save(join(folder));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('of version 1 has a node for each id and no keys: it is read, goes on, and is written as the present one', async () => {
    await alter({ format: 1, keys: undefined });
    const graph = await loadVectorIndex(folder);
    graph.add(['c', 'd', 'e'], Float32Array.of(1, 0, 0.6, 0.8, 0.6, 0.8));
    expect(graph.search(Float32Array.of(1, 0), 9).map(({ id }) => id)).toEqual(['a', 'c', 'd', 'e', 'b']);
    await graph.save(folder);
    // c has a node of its own, for the key of the old one is not known; d and e share one
    expect(await read()).toMatchObject({ format: headerFormat, ids: ['a', 'b', 'c', ['d', 'e']] });
    expect((await loadVectorIndex(folder)).size).toBe(5);
  });

  it('with another number of keys than nodes is damaged', async () => {
    await alter({ keys: 'AAAAAAAAAAA=' });
    await expect(loadVectorIndex(folder)).rejects.toMatchObject({ code: 'index/damaged' });
  });
});
