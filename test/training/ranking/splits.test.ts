import { describe, expect, it } from 'vitest';
import { findCategoricalSplit } from '../../../training/ranking/categorical-split.js';
import { findNumericSplit } from '../../../training/ranking/numeric-split.js';
import { type BestSplit, type LeafSums, noSplit, unsplitGain } from '../../../training/ranking/split-record.js';
import type { FeatureLayout, SplitRules } from '../../../training/ranking/workspace.js';

type Bin = readonly [gradient: number, hessian: number, rows: number];

const free: SplitRules = { minLeaf: 0, minHessian: 0, l2: 0 };

interface Given {
  readonly bins: readonly Bin[];
  readonly kind?: 'number' | 'category';
  readonly hasRest?: boolean;
  readonly monotone?: -1 | 0 | 1;
  readonly rules?: SplitRules;
  readonly low?: number;
  readonly high?: number;
}

function bestSplit({
  bins,
  kind = 'number',
  hasRest = false,
  monotone = 0,
  rules = free,
  ...bounds
}: Given): BestSplit {
  const sum = (at: number): number => bins.reduce((all, bin) => all + bin[at], 0);
  const leaf: LeafSums = {
    gradient: sum(0),
    hessian: sum(1),
    rows: sum(2),
    low: bounds.low ?? Number.NEGATIVE_INFINITY,
    high: bounds.high ?? Number.POSITIVE_INFINITY,
  };
  const layout: FeatureLayout = { kind, count: bins.length, hasRest, monotone, firstBin: 0 };
  const best = noSplit();
  const find = kind === 'number' ? findNumericSplit : findCategoricalSplit;
  find(
    best,
    5,
    layout,
    Float64Array.from(bins.flatMap(bin => bin.slice(0, 2))),
    0,
    leaf,
    unsplitGain(leaf, rules),
    rules,
  );
  return best;
}

describe('findNumericSplit', () => {
  it('is the worked example', () => {
    // left -4, 2: 16 / 2 = 8; right 3, 2: 9 / 2; whole -1, 4: 1 / 4; values 4 / 2 and -3 / 2
    const best = bestSplit({
      bins: [
        [-4, 2, 3],
        [3, 1, 2],
        [0, 1, 1],
      ],
    });
    expect(best).toMatchObject({ feature: 5, bin: 0, gradient: -4, hessian: 2 });
    expect(best.gain).toBeCloseTo(8 + 4.5 - 0.25, 12);
    expect([best.leftValue, best.rightValue]).toEqual([2, -1.5]);
  });

  it('adds l2 to the hessians of both sides and of the whole', () => {
    const best = bestSplit({
      bins: [
        [-4, 2, 3],
        [3, 2, 2],
      ],
      rules: { ...free, l2: 2 },
    });
    expect(best.gain).toBeCloseTo(16 / 4 + 9 / 4 - 1 / 6, 12);
    expect(best.leftValue).toBe(1);
  });

  it('sends what is missing to the side that gains more', () => {
    const [low, high]: Bin[] = [
      [-4, 2, 3],
      [4, 2, 3],
    ];
    expect(bestSplit({ bins: [low, high, [-2, 1, 1]], hasRest: true })).toMatchObject({
      bin: 0,
      restLeft: true,
    });
    expect(bestSplit({ bins: [low, high, [2, 1, 1]], hasRest: true })).toMatchObject({
      bin: 0,
      restLeft: false,
    });
  });

  it('parts what is missing from all numbers where that is best', () => {
    const best = bestSplit({
      bins: [
        [1, 1, 2],
        [1, 1, 2],
        [-2, 2, 3],
      ],
      hasRest: true,
    });
    expect(best).toMatchObject({ bin: 1, restLeft: false });
    expect(best.gain).toBeCloseTo(4 / 2 + 4 / 2, 12);
  });

  it('sends what is missing with most of the hessian where the leaf has none', () => {
    const side = (left: number, right: number): boolean =>
      bestSplit({
        bins: [
          [-4, left, 2],
          [4, right, 2],
          [0, 0, 0],
        ],
        hasRest: true,
      }).restLeft;
    expect(side(3, 2)).toBe(true);
    expect(side(2, 3)).toBe(false);
  });

  it('leaves enough hessian on both sides', () => {
    // cuts leave 2 | 2.5 and 4 | .5
    const bins: Bin[] = [
      [-4, 2, 3],
      [3, 2, 9],
      [3, 0.5, 3],
    ];
    expect(bestSplit({ bins, rules: { ...free, minHessian: 1 } }).bin).toBe(0);
    expect(bestSplit({ bins, rules: { ...free, minHessian: 3 } }).gain).toBe(0);
  });

  it('counts rows by their hessian: the leaf has 15 rows of .3 on the average', () => {
    const bins: Bin[] = [
      [-4, 2, 3],
      [3, 2, 9],
      [3, 0.5, 3],
    ];
    // 2 are the hessian of 6.67 rows, 2.5 of 8.33
    expect(bestSplit({ bins, rules: { ...free, minLeaf: 6 } }).bin).toBe(0);
    expect(bestSplit({ bins, rules: { ...free, minLeaf: 7 } }).gain).toBe(0);
  });

  it('takes the first of equal splits', () => {
    // both cuts part 1 from 2 bins that are the same
    expect(
      bestSplit({
        bins: [
          [-1, 1, 1],
          [2, 1, 1],
          [-1, 1, 1],
        ],
      }).bin,
    ).toBe(0);
  });

  it('finds nothing where all is the same, where nothing is, and where rounding alone differs', () => {
    expect(
      bestSplit({
        bins: [
          [1, 1, 5],
          [1, 1, 5],
        ],
      }).gain,
    ).toBe(0);
    expect(
      bestSplit({
        bins: [
          [0, 0, 5],
          [0, 0, 5],
        ],
      }).gain,
    ).toBe(0);
    expect(
      bestSplit({
        bins: [
          [0.1 + 0.2, 0.3, 5],
          [0.3, 0.3, 5],
        ],
      }).gain,
    ).toBe(0);
    expect(bestSplit({ bins: [[3, 1, 5]] }).gain).toBe(0);
  });

  it('takes no split that goes against the direction of the feature', () => {
    // left value 2, right value -1.5: the score falls when the feature rises
    const bins: Bin[] = [
      [-4, 2, 3],
      [3, 2, 2],
    ];
    expect(bestSplit({ bins, monotone: 1 }).gain).toBe(0);
    expect(bestSplit({ bins, monotone: -1 }).gain).toBeGreaterThan(0);
  });

  it('keeps values within the bounds of the leaf, and counts the gain that is left', () => {
    // left -(2 * -4 * .5 + 2 * .25) = 3.5, right free: 4.5; unsplit value .25 within: .25
    const best = bestSplit({
      bins: [
        [-4, 2, 3],
        [3, 2, 2],
      ],
      high: 0.5,
    });
    expect(best.leftValue).toBe(0.5);
    expect(best.gain).toBeCloseTo(3.5 + 4.5 - 0.25, 12);
  });
});

describe('findCategoricalSplit', () => {
  const rest: Bin = [0, 0, 0];
  const bit = (best: BestSplit): number[] =>
    Array.from({ length: 40 }, (_, bin) => bin).filter(bin => (best.set[bin >>> 5] >>> (bin & 31)) & 1);

  it('tries each of few categories alone', () => {
    // apart: category 1, -6 / 2: 36 / 2; the others 4 / 3; whole -4 / 5
    const best = bestSplit({ kind: 'category', bins: [[1, 2, 4], [-6, 2, 4], [1, 1, 4], rest] });
    expect(bit(best)).toEqual([1]);
    expect(best.gain).toBeCloseTo(18 + 4 / 3 - 16 / 5, 12);
    expect(best.restLeft).toBe(false);
  });

  it('cuts many categories in the order of their gradients, with 10 more of l2', () => {
    const bins = Array.from({ length: 12 }, (_, i): Bin => [i % 3 === 0 ? -20 : 10, 10, 100]);
    const best = bestSplit({ kind: 'category', bins: [...bins, rest] });
    expect(bit(best)).toEqual([0, 3, 6, 9]);
    // left 4 * -20 over 40 + 10, right 8 * 10 over 80 + 10, whole 0
    expect(best.gain).toBeCloseTo(6400 / 50 + 6400 / 90, 9);
  });

  it('names at most half of the categories, from either end', () => {
    const bins = Array.from({ length: 12 }, (_, i): Bin => [i % 3 === 0 ? 20 : -10, 10, 100]);
    expect(bit(bestSplit({ kind: 'category', bins: [...bins, rest] }))).toEqual([0, 3, 6, 9]);
  });

  it('names no category of few rows', () => {
    const bins = Array.from({ length: 12 }, (_, i): Bin => (i === 0 ? [-50, 1, 9] : [i % 2 === 0 ? -10 : 10, 10, 100]));
    expect(bit(bestSplit({ kind: 'category', bins: [...bins, rest] }))).not.toContain(0);
  });

  it('finds nothing where the last bin has all rows', () => {
    expect(bestSplit({ kind: 'category', bins: [[3, 4, 50]] }).gain).toBe(0);
  });
});
