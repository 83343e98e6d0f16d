import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseWeight, sweepWeights } from '../../src/evaluation/tune-fusion.js';
import type { Candidate } from '../../src/ranking/candidate.js';

const side = (...ids: string[]): Candidate[] => ids.map((id, i) => ({ id, score: 10 - i }));
const wants = (...ids: string[]) => new Map(ids.map(id => [id, 1]));
const second = 1 / Math.log2(3);

describe('sweepWeights', () => {
  it('measures what the fusion gives at every weight', () => {
    // token, from 7.2 to 10: a 1, b 9/14; a has 1 - w, b 9/14 (1 - w) + w: b, which is wanted, passes a where w > 5/19
    const [query] = [{ token: side('a', 'b', 'x'), vector: side('b', 'y'), judgements: wants('b') }];
    const points = sweepWeights([query]);
    expect(points.map(({ weight }) => weight)).toEqual(Array.from({ length: 21 }, (_, i) => i / 20));
    for (const { weight, plain } of points) expect(plain[0], `${weight}`).toBeCloseTo(weight > 5 / 19 ? 1 : second, 12);
  });

  it('measures the condensed lists too, however deep the judged ones stand', () => {
    const unjudged = Array.from({ length: 12 }, (_, i) => `u${i}`);
    const query = {
      token: side(...unjudged, 'b'),
      vector: [],
      judgements: new Map([
        ['b', 1],
        ['z', 0],
      ]),
    };
    for (const { plain, condensed } of sweepWeights([query])) expect([plain[0], condensed[0]]).toEqual([0, 1]);
  });

  it('counts a token side that has found a part of the query for less', () => {
    // at coverage .5 a has .5 (1 - w) and b w: b passes a where w > 1/3; at full coverage where w > 1/2
    const sides = { token: side('a', 'x'), vector: side('b', 'y'), judgements: wants('b') };
    const passes = (coverage: number) =>
      sweepWeights([{ ...sides, coverage }]).find(({ plain }) => plain[0] === 1)?.weight;
    expect([passes(0.5), passes(1)]).toEqual([0.35, 0.55]);
  });
});

describe('chooseWeight', () => {
  /** `wins` of n queries gain 1 at .6, the others lose `cost` there. */
  const points = (n: number, wins: number, cost: number) => [
    { weight: 0, figures: Array<number>(n).fill(0) },
    { weight: 0.3, figures: Array.from({ length: n }, (_, i) => (i < wins ? 0.5 : -cost / 2)) },
    { weight: 0.6, figures: Array.from({ length: n }, (_, i) => (i < wins ? 1 : -cost)) },
  ];

  it('takes the best where the queries tell it from the usual one', () => {
    // 36 of 100 gain 1: mean .36, standard error sqrt(.36 * .64 / 100) = .048; against .3 the half of both
    expect(chooseWeight(points(100, 36, 0), 0)).toEqual({ weight: 0.6, best: 0.6, asGood: [0.6] });
  });

  it('goes half way to the usual one where they do not', () => {
    // 5 of 9 gain 1 and 4 lose 1: mean 1/9, variance 1 - 1/81, standard error .33
    const chosen = (usual: number) => chooseWeight(points(9, 5, 1), usual);
    expect(chosen(0)).toEqual({ weight: 0.3, best: 0.6, asGood: [0, 0.3, 0.6] });
    expect(chosen(0.1).weight).toBe(0.3);
    expect(chosen(1).weight).toBe(0.6);
    // half way from .6 to .3 there is none: the nearer to the best
    expect(chosen(0.3).weight).toBe(0.6);
    // equally near to 0 and .3: the smaller
    expect(chosen(0.15).weight).toBe(0.3);
  });

  it('stays with the usual one where every weight does the same', () => {
    for (const usual of [0, 0.3, 0.6])
      expect(chooseWeight(points(80, 0, 0), usual)).toEqual({ weight: usual, best: usual, asGood: [0, 0.3, 0.6] });
  });

  it('leaves vectors out that are of no use, whatever is usual', () => {
    // every query loses: the same difference each time, its standard error is 0
    expect(chooseWeight(points(50, 0, 0.1), 0.3)).toMatchObject({ weight: 0, best: 0 });
  });

  it('lies between the best and the usual one, and is the best where all others are told from it', () => {
    const figure = fc.double({ min: 0, max: 1, noNaN: true });
    const figures = fc.array(figure, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(figures, { minLength: 2, maxLength: 6 }), figure, (rows, usual) => {
        const all = rows.map((row, i) => ({ weight: i / 10, figures: row }));
        const { weight, best, asGood } = chooseWeight(all, usual);
        const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const means = all.map(point => mean(point.figures));
        expect(means[Math.round(best * 10)]).toBe(Math.max(...means));
        expect(asGood).toContain(best);
        expect(Math.abs(weight - usual)).toBeLessThanOrEqual(Math.abs(best - usual) + 1e-9);
        if (asGood.length === 1) expect(weight).toBe(best);
        for (const { weight: each, figures: own } of all) {
          const gaps = all[Math.round(best * 10)].figures.map((value, i) => value - own[i]);
          const error = Math.sqrt(mean(gaps.map(gap => (gap - mean(gaps)) ** 2)) / gaps.length);
          if (Math.abs(mean(gaps) - error) > 1e-9) expect(asGood.includes(each)).toBe(mean(gaps) < error);
        }
      }),
    );
  });
});
