import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap, rankBiasedOverlap } from '../../../src/evaluation/golden/agreement.js';
import { cheapest } from '../../../src/evaluation/golden/choose-settings.js';
import { driftOf } from '../../../src/evaluation/golden/drift.js';
import { recallOf } from '../../../src/evaluation/golden/exact-neighbours.js';
import { percentile, turns } from '../../../src/evaluation/golden/timing.js';

const hits = (...ids: string[]) => ids.map((id, i) => ({ id, score: 1 - i / 10 }));

describe('overlap', () => {
  it('is what both have of the longer one', () => {
    expect(overlap(['a', 'b', 'c'], ['c', 'd', 'a'], 3)).toBeCloseTo(2 / 3, 12);
    expect(overlap(['a', 'b', 'c'], ['c', 'd', 'a'], 2)).toBe(0);
    expect(overlap(['a'], ['a', 'b'], 10)).toBe(0.5);
    expect(overlap([], [], 10)).toBe(1);
  });
});

describe('rankBiasedOverlap', () => {
  it('is hand-worked', () => {
    // X(1) = 0, X(2) = 2: .9^2 + .1/.9 (.9^2)
    expect(rankBiasedOverlap(['a', 'b'], ['b', 'a'], 2)).toBeCloseTo(0.9, 12);
    // X(1) = 1, X(2) = 1: .5 .9^2 + .1/.9 (.9 + .5 .9^2)
    expect(rankBiasedOverlap(['a', 'b'], ['a', 'c'], 2)).toBeCloseTo(0.55, 12);
    expect(rankBiasedOverlap(['a', 'b'], ['c', 'd'], 10)).toBe(0);
    expect(rankBiasedOverlap([], [], 10)).toBe(1);
  });

  it('is 1 for equal lists, alike both ways, and less for a change further up', () => {
    const ranking = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ranking, ranking, (one, other) => {
        expect(rankBiasedOverlap(one, one, 10)).toBeCloseTo(1, 12);
        const found = rankBiasedOverlap(one, other, 10);
        expect(found).toBeCloseTo(rankBiasedOverlap(other, one, 10), 12);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { seed: 4 },
    );
    const list = ['a', 'b', 'c', 'd'];
    expect(rankBiasedOverlap(list, ['x', 'b', 'c', 'd'], 4)).toBeLessThan(
      rankBiasedOverlap(list, ['a', 'b', 'c', 'x'], 4),
    );
  });
});

describe('recallOf', () => {
  it('counts what is as near as the last of the exact ones', () => {
    const exact = [...hits('a', 'b'), { id: 'c', score: 0.9 }];
    expect(recallOf(hits('a', 'x'), exact, 2)).toBe(1); // x has the score of b
    expect(recallOf([{ id: 'x', score: 0.5 }], exact, 2)).toBe(0);
    expect(recallOf(hits('a'), exact, 2)).toBe(0.5);
    expect(recallOf([], [], 2)).toBe(1);
  });
});

describe('cheapest', () => {
  const good = (value: number): boolean => value >= 5;
  it('is the first from which on all are good', () => {
    expect(cheapest([1, 6, 2, 5, 7], good)).toEqual({ point: 5, reached: true });
    expect(cheapest([5, 6], good)).toEqual({ point: 5, reached: true });
    expect(cheapest([1, 6, 2], good)).toEqual({ point: 2, reached: false });
    expect(cheapest([], good)).toEqual({ point: undefined, reached: false });
  });
});

describe('timing', () => {
  it('takes the nearest rank', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
    expect(percentile([], 0.5)).toBe(0);
  });

  it('gives everybody a turn each round, and begins with another one', () => {
    expect(turns(3, 2)).toEqual([0, 1, 2, 1, 2, 0]);
  });
});

describe('driftOf', () => {
  const query = (id: string, ...noted: string[]) => ({ id, text: id, results: hits(...noted) });
  it('tells what came and went, the most changed first', () => {
    const queries = [
      query('same', 'a', 'b'),
      query('turned', 'a', 'b'),
      query('new', 'a', 'b'),
      { id: 'bare', text: 'x' },
    ];
    const now = new Map([
      ['same', hits('a', 'b')],
      ['turned', hits('b', 'a')],
      ['new', hits('a', 'c')],
      ['bare', hits('z')],
    ]);
    const drift = driftOf(queries, now);
    expect(drift).toMatchObject({ queries: 3, changed: 1, reordered: 1 });
    expect(drift?.overlap).toBeCloseTo((1 + 1 + 0.5) / 3, 12);
    expect(drift?.rbo).toBeCloseTo((1 + 0.9 + 0.55) / 3, 12);
    expect(drift?.most.map(({ query: { id }, came, went }) => [id, came, went])).toEqual([
      ['new', ['c'], ['b']],
      ['turned', [], []],
    ]);
    expect(driftOf([{ id: 'bare', text: 'x' }], now)).toBeUndefined();
  });
});
