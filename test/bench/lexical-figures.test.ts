import { describe, expect, it } from 'vitest';
import type { EngineRecord } from '../../bench/lexical/turns.js';
import { overlap, queryTimes, speedRatio } from '../../bench/lexical-figures.js';

const record = (name: string, rounds: number[][]): EngineRecord => ({
  name,
  version: '1',
  indexSeconds: 1,
  indexBytes: 1,
  residentMiB: 1,
  answers: { 10: [], 100: [] },
  rounds: { 10: rounds, 100: [] },
});

describe('queryTimes', () => {
  it('takes the rate of the median round, and quantiles over all queries', () => {
    // rounds take 4, 2 and 8 ms for two queries: 500, 1000 and 250 a second, in the middle 500
    const times = queryTimes([
      [1000, 3000],
      [500, 1500],
      [2000, 6000],
    ]);
    expect(times.perSecond).toBeCloseTo(500);
    // sorted ms .5 1 1.5 2 3 6: the middle lies between 1.5 and 2
    expect(times.p50Ms).toBeCloseTo(1.75);
    expect(times.queries).toBe(2);
  });

  it('tells the shortest pass', () => {
    expect(queryTimes([[1, 1, 1], [1]]).queries).toBe(1);
  });
});

describe('speedRatio', () => {
  it('is above 1 where the peer takes longer', () => {
    // per round 30/10 = 3 and 20/20 = 1; the median of the two is 2
    const ours = record('ours', [
      [5, 15],
      [20, 20],
    ]);
    const peer = record('peer', [
      [30, 30],
      [10, 30],
    ]);
    expect(speedRatio(ours, peer, 10)).toBeCloseTo(2);
  });

  it('compares the queries and rounds that both answered', () => {
    const ours = record('ours', [
      [10, 1000],
      [10, 1000],
    ]);
    expect(speedRatio(ours, record('slow', [[40]]), 10)).toBeCloseTo(4);
    expect(speedRatio(record('slow', [[40]]), ours, 10)).toBeCloseTo(0.25);
  });
});

describe('overlap', () => {
  it('is the mean share of common ids among the first, whatever their order', () => {
    // {a, b} and {b, a}: 1; {a, b} and {c, b}: 1/2; c stands behind the second place
    expect(
      overlap(
        [
          ['a', 'b', 'c'],
          ['a', 'b'],
        ],
        [
          ['b', 'a', 'd'],
          ['c', 'b'],
        ],
        2,
      ),
    ).toBeCloseTo(0.75);
  });

  it('holds a shorter list against it, and two empty ones agree', () => {
    expect(overlap([['a', 'b']], [['a']], 10)).toBe(0.5);
    expect(overlap([['a']], [[]], 10)).toBe(0);
    expect(overlap([[]], [[]], 10)).toBe(1);
  });

  it('looks at the queries that both answered', () => {
    expect(overlap([['a'], ['b']], [['a']], 10)).toBe(1);
  });
});
