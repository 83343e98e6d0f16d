import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { createFlatIndex } from '../../src/vector/flat-index.js';
import { LiveVectors } from '../../src/vector/live-vectors.js';
import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import type { VectorIndex } from '../../src/vector/vector-index.js';

const width = 16;
const random = seededRandom(3);
function unit(): Float32Array {
  const values = Float32Array.from({ length: width }, () => random.next() - 0.5);
  const norm = Math.hypot(...values);
  return values.map(value => value / norm);
}

/** A graph of 400 embeddings, and an exact index of the same beside it, to which everything is done too. */
function graphWithOracle() {
  const [graph, exact] = [createQuantizedIndex(width, { m: 16, efConstruction: 200, ef: 400 }), createFlatIndex(width)];
  const begun = { embeddings: 0 };
  const counted: VectorIndex = Object.assign(Object.create(graph), {
    add: (ids: readonly string[], vectors: Float32Array) => {
      begun.embeddings += ids.length;
      graph.add(ids, vectors);
    },
    addInThreads: (ids: readonly string[], vectors: Float32Array) => {
      begun.embeddings += ids.length;
      return graph.addInThreads?.(ids, vectors);
    },
  });
  for (let i = 0; i < 400; i++) {
    const vector = unit();
    for (const index of [graph, exact]) index.add([`d${i}`], vector);
  }
  const live = new LiveVectors(counted);
  const put = (id: string): void => {
    const vector = unit();
    for (const index of [live, exact]) index.add([id], vector);
  };
  const remove = (id: string): void => {
    for (const index of [live, exact]) index.remove(id);
  };
  /** Share of the exact ten nearest that are found, over some queries. */
  const recall = (): number => {
    let [found, all] = [0, 0];
    for (let i = 0; i < 20; i++) {
      const query = unit();
      const wanted = new Set(exact.search(query, 10).map(({ id }) => id));
      all += wanted.size;
      found += live.search(query, 10).filter(({ id }) => wanted.has(id)).length;
    }
    return found / all;
  };
  return { live, exact, begun, put, remove, recall };
}

describe('vectors that take in much behind their searches', () => {
  it('find all of it at once, before the graph has linked more than a stretch, and all the time until it has', async () => {
    const { live, exact, begun, put, remove, recall } = graphWithOracle();
    const done = live.addingLater(() => {
      for (let i = 0; i < 2_500; i++) put(`new${i}`);
      for (let i = 0; i < 100; i++) put(`d${i}`);
      for (let i = 100; i < 150; i++) remove(`d${i}`);
      return 'done';
    });
    expect(done).toBe('done');
    expect(begun.embeddings).toBeLessThanOrEqual(1_024);
    let isLinking = true;
    void live.linked().then(() => {
      isLinking = false;
    });
    expect(live.size).toBe(exact.size);
    expect(recall()).toBeGreaterThan(0.99);
    // written while threads have the first ones
    put('new3');
    remove('new4');
    put('later');
    for (let turn = 0; isLinking; turn++) {
      if (turn % 50 === 0) expect(recall()).toBeGreaterThan(0.99);
      expect(live.size).toBe(exact.size);
      await nextTurn();
    }
    expect(recall()).toBeGreaterThan(0.99);
    expect(live.size).toBe(exact.size);
    expect([live.has('new3'), live.has('new4'), live.has('later'), live.has('d120')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const [best] = live.search(unit(), 1);
    expect(live.has(best.id)).toBe(true);
  });

  it('keep what an id was given while threads were linking what it had before', async () => {
    const flat = createFlatIndex(width);
    let release = (): void => undefined;
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const begun: string[] = [];
    const base: VectorIndex = Object.assign(Object.create(flat), {
      addInThreads: async (ids: readonly string[], vectors: Float32Array) => {
        begun.push(...ids);
        flat.add(ids, vectors);
        await held;
      },
    });
    const live = new LiveVectors(base);
    const [before, latest] = [unit(), unit()];
    live.addingLater(() => live.add(['a'], before));
    while (begun.length === 0) await nextTurn();
    // it is in both places at the moment, and one document all the same
    expect(live.search(before, 5)).toHaveLength(1);
    live.add(['a'], latest);
    release();
    await live.linked();
    expect(live.search(latest, 1)).toEqual([{ id: 'a', score: expect.closeTo(1, 5) }]);
  });

  it('end what goes on behind them when nobody asks them any more', async () => {
    const { live, begun, put } = graphWithOracle();
    live.addingLater(() => {
      for (let i = 0; i < 5_000; i++) put(`new${i}`);
    });
    live.abandon();
    await live.linked();
    expect(begun.embeddings).toBeLessThanOrEqual(1_024);
  });

  it('are not held up by work that fails', async () => {
    const { live, put } = graphWithOracle();
    expect(() =>
      live.addingLater(() => {
        put('half');
        throw new Error('no more');
      }),
    ).toThrow('no more');
    await live.linked();
  });
});
