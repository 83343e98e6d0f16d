import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contributions } from '../../../src/ranking/trees/contributions.js';
import type { Tree, TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';
import { goesLeft } from '../../../src/ranking/trees/ensemble.js';
import { gaussLegendre } from '../../../src/ranking/trees/gauss-legendre.js';
import { randomColumns, randomEnsemble, walkedScore } from './random-ensemble.js';

/** Score expected when the features of a set alone are known: a node that asks for another one is passed by cover. */
function expectedScore(ensemble: TreeEnsemble, values: readonly number[], known: number): number {
  const below = (tree: Tree, at: number): number => {
    if (at < 0) return tree.value[~at];
    const [left, right] = [tree.left[at], tree.right[at]];
    const feature = tree.feature[at];
    if ((known >> feature) & 1) return below(tree, goesLeft(tree, at, values[feature]) ? left : right);
    const cover = (child: number): number => (child < 0 ? tree.leafCover[~child] : tree.cover[child]);
    return (cover(left) * below(tree, left) + cover(right) * below(tree, right)) / (cover(left) + cover(right));
  };
  return ensemble.trees.reduce((sum, tree) => sum + below(tree, tree.feature.length === 0 ? -1 : 0), ensemble.base);
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Shapley's definition: over all sets without the feature, what it adds, weighed by the orders in which it comes next. */
function shapley(ensemble: TreeEnsemble, values: readonly number[], feature: number): number {
  const count = ensemble.features.length;
  let sum = 0;
  for (let set = 0; set < 2 ** count; set++) {
    if ((set >> feature) & 1) continue;
    const size = [...set.toString(2)].filter(bit => bit === '1').length;
    const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
    const added = expectedScore(ensemble, values, set | (1 << feature)) - expectedScore(ensemble, values, set);
    sum += weight * added;
  }
  return sum;
}

const seed = fc.integer({ min: 0, max: 2 ** 31 });

describe('contributions', () => {
  it('are the worked example', () => {
    // a <= 0 ? 1 : (b <= 0 ? 2 : 6), covers 2, 1, 1; row (1, 1): v() = .5 + .5 * 4 = 2.5, v(a) = 4, v(b) = .5 + .5 * 6 = 3.5, v(a, b) = 6
    // a: ((4 - 2.5) + (6 - 3.5)) / 2 = 2; b: ((3.5 - 2.5) + (6 - 4)) / 2 = 1.5
    const ensemble: TreeEnsemble = {
      features: [
        { name: 'a', kind: 'number' },
        { name: 'b', kind: 'number' },
      ],
      base: 10,
      trees: [
        {
          feature: Int32Array.of(0, 1),
          threshold: Float64Array.of(0, 0),
          left: Int32Array.of(~0, ~1),
          right: Int32Array.of(1, ~2),
          defaultLeft: Uint8Array.of(0, 0),
          categoryStart: Int32Array.of(0, 0, 0),
          categories: new Uint32Array(0),
          gain: Float64Array.of(0, 0),
          cover: Float64Array.of(4, 2),
          value: Float64Array.of(1, 2, 6),
          leafCover: Float64Array.of(2, 1, 1),
        },
      ],
    };
    const [a, b, expected] = contributions(ensemble, [Float64Array.of(1), Float64Array.of(1)], 0);
    expect(a).toBeCloseTo(2, 12);
    expect(b).toBeCloseTo(1.5, 12);
    expect(expected).toBeCloseTo(12.5, 12);
  });

  it('are Shapley values by their definition', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 7 }), (number, features) => {
        const ensemble = randomEnsemble(number, { features, trees: 3, leaves: 16 });
        const columns = randomColumns(number + 1, ensemble, 1);
        const values = columns.map(column => column[0]);
        const parts = contributions(ensemble, columns, 0);
        for (let feature = 0; feature < features; feature++)
          expect(parts[feature]).toBeCloseTo(shapley(ensemble, values, feature), 10);
        expect(parts[features]).toBeCloseTo(expectedScore(ensemble, values, 0), 10);
      }),
      { numRuns: 60 },
    );
  });

  it('add up to the score, of many deep trees over many features too', () => {
    fc.assert(
      fc.property(seed, number => {
        const ensemble = randomEnsemble(number, { features: 60, trees: 20, leaves: 200 });
        const columns = randomColumns(number + 1, ensemble, 3);
        const sum = contributions(ensemble, columns, 2).reduce((all, part) => all + part, 0);
        expect(Math.abs(sum - walkedScore(ensemble, columns, 2))).toBeLessThan(1e-9);
      }),
      { numRuns: 10 },
    );
  });

  it('do without covers: both ways count the same', () => {
    const random = randomEnsemble(5, { features: 4, trees: 3, leaves: 9 });
    const none = (values: Float64Array): Float64Array => new Float64Array(values.length);
    const trees = random.trees.map(tree => ({ ...tree, cover: none(tree.cover), leafCover: none(tree.leafCover) }));
    const ensemble = { ...random, trees };
    const columns = randomColumns(6, ensemble, 1);
    const sum = contributions(ensemble, columns, 0).reduce((all, part) => all + part, 0);
    expect(sum).toBeCloseTo(walkedScore(ensemble, columns, 0), 10);
  });
});

describe('gaussLegendre', () => {
  it('has the known points of order 2: 1/2 -+ sqrt(3) / 6', () => {
    const { points, weights } = gaussLegendre(2);
    expect([...points].sort()).toEqual(
      [0.5 - Math.sqrt(3) / 6, 0.5 + Math.sqrt(3) / 6].map(x => expect.closeTo(x, 14)),
    );
    expect([...weights]).toEqual([0.5, 0.5].map(x => expect.closeTo(x, 14)));
  });

  it.each([1, 2, 3, 10, 40])('integrates t^(2n - 1) over [0, 1] exactly, n = %d', n => {
    const { points, weights } = gaussLegendre(n);
    const integral = points.reduce((sum, t, i) => sum + weights[i] * t ** (2 * n - 1), 0);
    expect(integral).toBeCloseTo(1 / (2 * n), 13);
  });
});
