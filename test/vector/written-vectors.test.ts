import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../src/math/random.js';
import { createFlatIndex } from '../../src/vector/flat-index.js';
import { LiveVectors } from '../../src/vector/live-vectors.js';
import { loadVectorIndex } from '../../src/vector/load-vector-index.js';
import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import type { VectorIndex } from '../../src/vector/vector-index.js';
import { bruteForce, clusteredVectors } from '../contract/vector-index.js';

const width = 16;
const graph = (): VectorIndex => createQuantizedIndex(width, { m: 16, efConstruction: 100, ef: 24 });
const flat = (): VectorIndex => createFlatIndex(width);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-live-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Vectors that are written to, and a map of what they should hold. */
function pairOf(live: LiveVectors, random: Random) {
  const model = new Map<string, Float32Array>();
  const write = (count: number): void => {
    const ids = Array.from({ length: count }, () => `id${random.below(3000)}`);
    const rows = clusteredVectors(count, width, 20, random);
    live.add(ids, rows);
    for (const [i, id] of ids.entries()) model.set(id, rows.slice(i * width, (i + 1) * width));
  };
  const remove = (): void => {
    const id = `id${random.below(3000)}`;
    expect(live.remove(id)).toBe(model.delete(id));
  };
  const ids = (): string[] => [...model.keys()].sort();
  /** Everything is found, once, by its present embedding; and the nearest are. */
  const check = (vectors: Pick<VectorIndex, 'search' | 'size' | 'has'> = live): void => {
    expect(vectors.size).toBe(model.size);
    const query = clusteredVectors(1, width, 1, random);
    const exact = Array.from(model, ([id, row]) => ({ id, score: bruteForce(row, query, 1)[0].score }));
    exact.sort((a, b) => b.score - a.score);
    const found = vectors.search(query, model.size);
    expect(found.map(({ id }) => id).sort()).toEqual(ids());
    for (const [i, { score }] of exact.entries()) expect(found[i].score).toBeCloseTo(score, 5);
    const near = vectors.search(query, 10).filter(({ score }) => score >= exact[9].score - 1e-6);
    expect(near.length).toBeGreaterThanOrEqual(9);
  };
  return { model, write, remove, ids, check };
}

describe.each([
  ['a graph', graph],
  ['an exact index', flat],
])('%s that is written to', (_, make) => {
  it('answers with every write at once, whether it is linked yet or not', async () => {
    const random = seededRandom(3);
    const live = new LiveVectors(make());
    const { write, remove, check } = pairOf(live, random);
    write(20);
    for (let round = 0; round < 12; round++) {
      write(round % 3 === 0 ? 1 : 400);
      for (let i = 0; i < 40; i++) remove();
      if (round > 0) check();
      await nextTurn();
      write(2);
      check();
    }
    await live.settled();
    await live.linked();
    check();
  });

  it('is saved as it was at the call, but for what was removed since, while writes go on', async () => {
    const live = new LiveVectors(make());
    const { write, remove, check, model } = pairOf(live, seededRandom(4));
    write(600);
    const before = new Map(model);
    const saving = live.save(join(folder, 'saved'));
    expect(live.busy).toBe(true);
    await expect(live.save(join(folder, 'twice'))).rejects.toThrow('being saved or rebuilt');
    for (let round = 0; round < 5; round++) {
      write(50);
      for (let i = 0; i < 10; i++) remove();
      check();
      await nextTurn();
    }
    await saving;
    check();
    const loaded = await loadVectorIndex(join(folder, 'saved'));
    for (const [id, row] of before)
      if (model.get(id) === row)
        expect(loaded.search(row, 3).some(hit => hit.id === id && hit.score > 1 - 1e-5)).toBe(true);
    await live.settled();
    await live.linked();
    check();
  });

  it('is made anew while writes go on, without what removed embeddings left', async () => {
    const live = new LiveVectors(make());
    const { write, remove, check, ids, model } = pairOf(live, seededRandom(5));
    write(2500);
    write(600);
    await live.settled();
    await live.linked();
    let turns = 0;
    const rebuilding = live.rebuild(graph, ids(), id => model.get(id));
    const done = rebuilding.then(() => {
      turns = Number.POSITIVE_INFINITY;
    });
    for (; turns < 40; turns++) {
      write(turns % 2 === 0 ? 1 : 30);
      for (let i = 0; i < 5; i++) remove();
      if (turns % 8 === 0) check();
      await nextTurn();
    }
    await done;
    check();
    await live.settled();
    await live.linked();
    check();
    expect(live.kind).toBe('int4-hnsw');
    // no more than the writes meanwhile and after it can have left
    expect(live.tombstones).toBeLessThan(1000);
  });
});

describe('a graph in which one id is replaced a thousand times', () => {
  it('finds as much as one that was made at once', () => {
    const random = seededRandom(6);
    const n = 2000;
    const rows = clusteredVectors(n, width, 20, random);
    const ids = Array.from({ length: n }, (_, row) => String(row));
    const make = (): VectorIndex => {
      const index = graph();
      index.add(ids, rows);
      return index;
    };
    const [once, often] = [make(), make()];
    const own = (): Float32Array => {
      // always near to the same place, as a description that is edited
      const values = Array.from(rows.subarray(0, width), value => value + 0.02 * random.normal());
      const norm = Math.hypot(...values);
      return Float32Array.from(values, value => value / norm);
    };
    for (let i = 0; i < 1000; i++) often.add(['0'], own());
    often.add(['0'], rows.slice(0, width));
    expect(often.tombstones).toBeGreaterThanOrEqual(1000);
    const recall = (index: VectorIndex): number => {
      let found = 0;
      for (let q = 0; q < 200; q++) {
        const query = rows.slice(q * width, (q + 1) * width);
        const exact = new Set(bruteForce(rows, query, 10).map(({ id }) => id));
        found += index.search(query, 10).filter(({ id }) => exact.has(id)).length;
      }
      return found / 2000;
    };
    expect(often.search(rows.slice(0, width), 1)).toEqual(once.search(rows.slice(0, width), 1));
    expect(recall(often)).toBeGreaterThanOrEqual(recall(once) - 0.001);
    expect(recall(once)).toBeGreaterThan(0.99);
  });
});
