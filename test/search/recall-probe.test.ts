import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { createRecallProbe, recallOf, wilson } from '../../src/search/recall-probe.js';
import { LiveVectors } from '../../src/vector/live-vectors.js';
import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import { bruteForce, clusteredVectors } from '../contract/vector-index.js';

const width = 16;
const n = 1500;
const rows = clusteredVectors(n, width, 20, seededRandom(8));
const query = clusteredVectors(1, width, 1, seededRandom(9));
function graph(): LiveVectors {
  const index = createQuantizedIndex(width, { m: 8, efConstruction: 40, ef: 10 });
  index.add(
    Array.from({ length: n }, (_, row) => String(row)),
    rows,
  );
  return new LiveVectors(index);
}

describe('the exact nearest of a graph, in another thread', () => {
  it('are those of a comparison of all, without what was removed and with what is not linked yet', async () => {
    const live = graph();
    const exact = bruteForce(rows, query, 12);
    live.remove(exact[1].id);
    const ids = Array.from({ length: 20 }, (_, i) => `new${i}`);
    const more = clusteredVectors(20, width, 20, seededRandom(10));
    more.set(query, 7 * width);
    live.add(ids, more);
    const found = await live.nearestInThread?.(query, 10);
    const wanted = [...bruteForce(rows, query, 12), { id: 'new7', score: 1 }].filter(({ id }) => id !== exact[1].id);
    for (const [i, row] of ids.entries()) {
      if (i === 7) continue;
      wanted.push({ id: row, score: bruteForce(more.slice(i * width, (i + 1) * width), query, 1)[0].score });
    }
    wanted.sort((a, b) => b.score - a.score);
    expect(found?.map(({ id }) => id)).toEqual(wanted.slice(0, 10).map(({ id }) => id));
    await live.linked();
  });
});

describe('the recall of live queries', () => {
  it('is the share of the exact ten nearest that stands among the first ten', () => {
    const exact = Array.from({ length: 10 }, (_, i) => ({ id: `e${i}`, score: 1 - i / 100 }));
    expect(recallOf(exact, exact)).toBe(1);
    // two of ten are missing, behind them stands what is further away
    const found = [...exact.slice(2), { id: 'x', score: 0.5 }, { id: 'y', score: 0.4 }];
    expect(recallOf(found, exact)).toBeCloseTo(0.8, 9);
    // of equal scores one is as good as the other
    expect(recallOf([{ id: 'other', score: 1 }], exact.slice(0, 1))).toBe(1);
    expect(recallOf(found, exact.slice(0, 4))).toBeCloseTo(0.5, 9);
  });

  it('has an interval by Wilson', () => {
    // (.5 + 3.8416 / 20) / 1.38416 = .5, 1.96 / 1.38416 * sqrt(.25 / 10 + 3.8416 / 400) = .26341
    const { low, high } = wilson(0.5, 10);
    expect([low, high]).toEqual([expect.closeTo(0.23659, 4), expect.closeTo(0.76341, 4)]);
    expect(wilson(1, 1).high).toBe(1);
    // z^2 / (n + z^2) = 3.8416 / 103.8416 is missing below
    expect(wilson(1, 100).low).toBeCloseTo(1 - 3.8416 / 103.8416, 6);
  });

  it('is sampled when it is time, one at a time', async () => {
    let now = 0;
    const live = graph();
    const probe = createRecallProbe(live, () => now);
    const exact = bruteForce(rows, query, 12);
    probe.sample(query, exact.slice(0, 10));
    expect(probe.figures()).toBeUndefined();
    const until = async (queries: number): Promise<void> => {
      while ((probe.figures()?.queries ?? 0) < queries) await delay(5);
    };
    now = 10_000;
    probe.sample(query, exact.slice(0, 10));
    probe.sample(query, exact.slice(2)); // while the first is under way
    await until(1);
    expect(probe.figures()).toEqual({ recall: 1, ...wilson(1, 1), queries: 1 });
    probe.sample(query, exact.slice(2)); // too early
    await delay(5);
    now = 20_000;
    probe.sample(query, exact.slice(2));
    await until(2);
    expect(probe.figures()).toMatchObject({ recall: expect.closeTo(0.9, 9), queries: 2 });
  });

  it('takes no sample before ten seconds, and tells of the last 500', async () => {
    let now = 0;
    const asked: number[] = [];
    const right = [{ id: 'a', score: 1 }];
    const nearestInThread = async () => {
      asked.push(now);
      return right;
    };
    const probe = createRecallProbe({ nearestInThread }, () => now);
    now = 9_999;
    probe.sample(query, right);
    expect(asked).toEqual([]);
    for (let i = 1; i <= 501; i++) {
      now = i * 10_000;
      // the first one finds nothing of it
      probe.sample(query, i === 1 ? [{ id: 'b', score: 0 }] : right);
      await new Promise(setImmediate);
      if (i === 500) expect(probe.figures()).toMatchObject({ recall: 499 / 500, queries: 500 });
    }
    expect(asked).toHaveLength(501);
    expect(probe.figures()).toMatchObject({ recall: 1, queries: 500 });
  });

  it('is not told where vectors are searched exactly, nor harmed by a probe that fails', async () => {
    let now = 0;
    const found = [{ id: 'a', score: 1 }];
    for (const vectors of [{}, { nearestInThread: () => Promise.reject(new Error('no thread')) }]) {
      const probe = createRecallProbe(vectors, () => now);
      now += 10_000;
      probe.sample(query, found);
      await delay(1);
      expect(probe.figures()).toBeUndefined();
    }
  });
});
