import { describe, expect, it } from 'vitest';
import { ablationTable, type SeedFigures } from '../../../training/report/ablation-table.js';

const seedOf = (a: number, b: number, auc: number): SeedFigures => ({
  perQuery: new Map([
    ['a', { 'nDCG@10': a }],
    ['b', { 'nDCG@10': b }],
  ]),
  whole: { 'ROC AUC': auc },
});

describe('ablationTable', () => {
  const [base, changed] = ablationTable(
    [
      { name: 'base', seeds: [seedOf(0.2, 0.4, 0.9), seedOf(0.4, 0.8, 0.7)] },
      { name: 'changed', seeds: [seedOf(0.1, 0.1, 0.5), seedOf(0.1, 0.3, 0.5)] },
    ],
    { seed: 1 },
  );

  it('takes the mean over seeds of the mean over queries, and the deviation of a seed', () => {
    // base: means .3 and .6, mean .45, deviation sqrt((.15^2 + .15^2) / 1) = .15 sqrt 2
    expect(base.figures['nDCG@10'].mean).toBeCloseTo(0.45, 12);
    expect(base.figures['nDCG@10'].deviation).toBeCloseTo(0.15 * Math.SQRT2, 12);
    // changed: means .1 and .2
    expect(changed.figures['nDCG@10'].mean).toBeCloseTo(0.15, 12);
    expect(changed.figures['nDCG@10'].deviation).toBeCloseTo(0.05 * Math.SQRT2, 12);
    // figures of all queries together: mean of .9 and .7, deviation .1 sqrt 2
    expect(base.figures['ROC AUC'].mean).toBeCloseTo(0.8, 12);
    expect(base.figures['ROC AUC'].deviation).toBeCloseTo(0.1 * Math.SQRT2, 12);
    expect(changed.figures['ROC AUC']).toEqual({ mean: 0.5, deviation: 0 });
  });

  it('compares query by query what the seeds give on average', () => {
    // a: .1 - .3 = -.2, b: .2 - .6 = -.4; resamples of two queries have means -.4, -.3, -.2: each more often than 1 in 40
    const difference = changed.differences!['nDCG@10'];
    expect(difference.mean).toBeCloseTo(-0.3, 12);
    expect(difference.low).toBeCloseTo(-0.4, 12);
    expect(difference.high).toBeCloseTo(-0.2, 12);
    expect(difference).toMatchObject({ wins: 0, losses: 2, ties: 0 });
    // of four assignments of signs two reach |-.6|: p is about 1/2
    expect(difference.pValue).toBeGreaterThan(0.45);
    expect(difference.pValue).toBeLessThan(0.55);
  });

  it('compares with the first row only, and only figures of single queries', () => {
    expect(base.differences).toBeUndefined();
    expect(Object.keys(changed.differences!)).toEqual(['nDCG@10']);
  });

  it('has no deviation for one seed', () => {
    const [row] = ablationTable([{ name: 'base', seeds: [seedOf(0.2, 0.4, 0.9)] }], { seed: 1 });
    expect(row.figures['nDCG@10']).toEqual({ mean: expect.closeTo(0.3, 12) });
  });

  it('refuses variants of different queries', () => {
    const other = { perQuery: new Map([['c', { 'nDCG@10': 1 }]]), whole: {} };
    const variants = [
      { name: 'base', seeds: [seedOf(0.2, 0.4, 0.9)] },
      { name: 'other', seeds: [other] },
    ];
    expect(() => ablationTable(variants, { seed: 1 })).toThrow('must be judged by the same queries');
  });
});
