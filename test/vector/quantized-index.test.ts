import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { innerProduct } from '../../src/vector/cosine.js';
import { openKernel } from '../../src/vector/graph-kernel.js';
import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import { acceptedAmong, clusteredVectors, describeVectorIndex, documentList } from '../contract/vector-index.js';

const parameters = { m: 16, efConstruction: 200, ef: 100 };
for (const file of ['vectors.graph', 'vectors.f32', 'vectors.f32.crc32'])
  describeVectorIndex(`int4-hnsw, ${file},`, file, width => createQuantizedIndex(width, parameters));

describe('a graph that is built by several threads', () => {
  it('is byte by byte the one that a single thread builds, and answers while it grows', async () => {
    const n = 4000; // beyond the nodes that one thread links alone
    const width = 24;
    const rows = clusteredVectors(n, width, 40, seededRandom(21));
    const ids = Array.from({ length: n }, (_, i) => String(i));
    const [alone, together] = [createQuantizedIndex(width, parameters), createQuantizedIndex(width, parameters)];
    alone.add(ids, rows);
    const building = together.addInThreads!(ids, rows);
    expect(together.search(rows.slice(0, width), 1)[0].id).toBe('0');
    await building;
    const folder = await mkdtemp(join(tmpdir(), 'tandem-threads-'));
    try {
      await alone.save(join(folder, 'alone'));
      await together.save(join(folder, 'together'));
      for (const file of ['vectors.graph', 'vectors.f32', 'vectors.json'])
        expect(await readFile(join(folder, 'together', file))).toEqual(await readFile(join(folder, 'alone', file)));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a search among some', () => {
  const [n, width, clusters, k, ef] = [12_000, 32, 60, 10, 24];
  const random = seededRandom(33);
  const rows = clusteredVectors(n, width, clusters, random);
  const list = documentList();
  list.ids.push(...Array.from({ length: n }, (_, row) => String(row)));
  const index = createQuantizedIndex(width, parameters);
  const row = (at: number): Float32Array => rows.slice(at * width, (at + 1) * width);
  const cosine = (query: Float32Array, at: number): number => innerProduct(query, rows, at);
  const queries = Array.from({ length: 40 }, (_, q) => row(q * 149));
  /** Rows in the order in which a filter takes them. */
  const orders: [string, (query: Float32Array) => number[]][] = [
    [
      'by chance',
      () => Array.from({ length: n }, (_, at) => at).sort((a, b) => ((a * 7919) % 12_007) - ((b * 7919) % 12_007)),
    ],
    ['of what is near to the query', query => byCentre(query, -1)],
    ['of what is far from it', query => byCentre(query, 1)],
  ];
  /** Rows by the part of the space that they lie in: the nearest of 30 rows. */
  const centres = Array.from({ length: 30 }, (_, c) => c * 197);
  const centreOf = Array.from({ length: n }, (_, at) => {
    const scores = centres.map(centre => cosine(row(at), centre));
    return scores.indexOf(Math.max(...scores));
  });
  const byCentre = (query: Float32Array, sign: number): number[] => {
    const scores = centres.map(centre => sign * cosine(query, centre));
    return Array.from({ length: n }, (_, at) => at).sort((a, b) => scores[centreOf[a]] - scores[centreOf[b]] || a - b);
  };
  beforeAll(() => index.add(list.ids.map(String), rows));

  describe.each(orders)('%s', (_, orderOf) => {
    it.each([1, 0.99, 0.5, 0.1, 0.01, 0.001])('finds the nearest of a share of %f', share => {
      let found = 0;
      for (const query of queries) {
        const accepted = new Set(orderOf(query).slice(0, share * n));
        const among = acceptedAmong([list], id => accepted.has(Number(id)));
        const hits = index.search(query, k, { ef, among });
        expect(hits.every(({ id }) => accepted.has(Number(id)))).toBe(true);
        const wanted = Math.min(k, accepted.size);
        expect(hits).toHaveLength(wanted);
        const exact = Array.from(accepted, at => cosine(query, at)).sort((a, b) => b - a);
        found += hits.filter(({ score }) => score > exact[wanted - 1] - 1e-6).length / wanted;
      }
      expect(found / queries.length).toBeGreaterThanOrEqual(0.97);
    });
  });
});

describe('documents that are asked for again', () => {
  it('are found where they hang by then', () => {
    const index = createQuantizedIndex(2, parameters);
    const list = documentList();
    list.ids.push('a', 'b', 'c');
    index.add(['a', 'b', 'c'], Float32Array.of(1, 0, 0, 1, -1, 0));
    const among = acceptedAmong([list], id => id !== 'c');
    const found = () => index.search(Float32Array.of(1, 0), 3, { among }).map(({ id }) => id);
    expect(found()).toEqual(['a', 'b']);
    index.add(['a'], Float32Array.of(-0.6, 0.8));
    expect(found()).toEqual(['b', 'a']);
    index.remove('b');
    expect(found()).toEqual(['a']);
  });
});

describe('rows that come together and lie together', () => {
  it('are found together, though they are linked in one stretch', () => {
    // 500 documents in 12 languages, one behind the other: at 6,000 rows a stretch has 93 of them
    const [documents, languages, width] = [500, 12, 32];
    const { normal } = seededRandom(5);
    const unit = (row: readonly number[]): number[] => row.map(value => value / Math.hypot(...row));
    const rows = Array.from({ length: documents }, () => Array.from({ length: width }, normal)).flatMap(meaning =>
      Array.from({ length: languages }, () => unit(meaning.map(value => value + 0.3 * normal()))),
    );
    const index = createQuantizedIndex(width, parameters);
    const ids = rows.map((_, row) => String(row));
    index.add(ids, Float32Array.from(rows.flat()));
    let found = 0;
    for (let document = 0; document < documents; document++) {
      const first = document * languages;
      const hits = index.search(Float32Array.from(rows[first]), languages, { ef: 50 });
      found += hits.filter(({ id }) => Math.floor(Number(id) / languages) === document).length;
    }
    expect(found / (documents * languages)).toBeGreaterThan(0.99);
  });
});

describe('a few that are like nothing else', () => {
  // two thousand lie about one axis, five about another, and queries between the two and beside them, as those of a tower lie beside its documents
  const [many, few, width] = [1_900, 5, 128];
  const { normal } = seededRandom(8);
  const near = (axes: readonly number[], spread: number): number[] => {
    const row = Array.from({ length: width }, (_, i) => (axes[i] ?? 0) + (spread / Math.sqrt(width)) * normal());
    return row.map(value => value / Math.hypot(...row));
  };
  const rows = [
    ...Array.from({ length: many }, () => near([1], 0.9)),
    ...Array.from({ length: few }, () => near([0, 1], 0.2)),
  ];
  const index = createQuantizedIndex(width, parameters);
  const ids = rows.map((_, row) => String(row));
  index.add(ids, Float32Array.from(rows.flat()));
  const queries = Array.from({ length: 40 }, () => Float32Array.from(near([0.3, 0.7, 0.65], 0.4)));
  const isFound = (ef: number) => (query: Float32Array) =>
    index.search(query, few, { ef }).every(({ id }) => Number(id) >= many);

  it('are found where all can be compared for what a walk takes', () => {
    const island = rows.slice(many);
    const cosine = (query: Float32Array, row: readonly number[]) => innerProduct(query, Float32Array.from(row), 0);
    for (const query of queries) {
      const least = Math.min(...island.map(row => cosine(query, row)));
      expect(Math.max(...rows.slice(0, many).map(row => cosine(query, row)))).toBeLessThan(least);
    }
    expect(queries.filter(isFound(32))).toHaveLength(queries.length);
    // a narrow walk, for which all would be too many, passes them by: the case is one
    expect(queries.filter(isFound(16)).length).toBeLessThan(queries.length);
  });
});

describe('the memory of a graph', () => {
  it('says how many nodes it holds, before it takes any', () => {
    const kernel = openKernel({ width: 512, m: 16 });
    const before = kernel.memory.buffer.byteLength;
    const message = `a graph of width 512 holds ${kernel.most} nodes, not ${kernel.most + 1}`;
    expect(() => kernel.reserve(kernel.most + 1)).toThrow(
      expect.objectContaining({ code: 'index/too-large', message }),
    );
    expect(kernel.memory.buffer.byteLength).toBe(before);
    // the memory has 2^32 bytes, and a node takes its code and its links, less than 512 bytes
    expect(kernel.most).toBeGreaterThan(2 ** 32 / 512);
  });
});
