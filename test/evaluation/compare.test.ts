import { describe, expect, it } from 'vitest';
import { compareRuns, differencesOf } from '../../src/evaluation/compare.js';

const table = (...values: number[]) => new Map(values.map((value, i) => [`q${i}`, { 'nDCG@10': value }]));

describe('compareRuns', () => {
  it('mean difference, wins, losses and ties', () => {
    const found = compareRuns(table(0.5, 0.25, 1, 0), table(0.25, 0.5, 0.5, 0), 'nDCG@10', { seed: 1 });
    expect(found.mean).toBeCloseTo((0.25 - 0.25 + 0.5 + 0) / 4, 12);
    expect(found).toMatchObject({ wins: 2, losses: 1, ties: 1 });
    expect(found.low).toBeLessThanOrEqual(found.mean);
    expect(found.high).toBeGreaterThanOrEqual(found.mean);
    expect(found.pValue).toBeGreaterThan(0.05);
  });

  it('pairs by query id, not by place', () => {
    const reversed = new Map([...table(0, 0.5)].reverse());
    expect(differencesOf(table(0, 0.5), reversed, 'nDCG@10').map(({ difference }) => difference)).toEqual([0, 0]);
  });

  it('refuses runs that were not judged by the same queries, or lack the figure', () => {
    const refused = expect.objectContaining({ code: 'usage/bad-value' });
    expect(() => compareRuns(table(1), table(1, 0), 'nDCG@10', { seed: 1 })).toThrowError(refused);
    expect(() => compareRuns(table(1), new Map([['other', { 'nDCG@10': 1 }]]), 'nDCG@10', { seed: 1 })).toThrowError(
      refused,
    );
    expect(() => compareRuns(table(1), table(1), 'MRR@10', { seed: 1 })).toThrowError(/query q0: MRR@10/);
  });
});
