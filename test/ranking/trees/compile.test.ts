import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import type { TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';
import { randomColumns, randomEnsemble, walkedScore } from './random-ensemble.js';

/** length <= 2 ? (colour in {1, 33} ? 10 : 20) : 40; missing: length to the right, colour to the left. */
const worked: TreeEnsemble = {
  features: [
    { name: 'length', kind: 'number' },
    { name: 'colour', kind: 'category' },
  ],
  base: 0.5,
  trees: [
    {
      feature: Int32Array.of(0, 1),
      threshold: Float64Array.of(2, 0),
      left: Int32Array.of(1, ~0),
      right: Int32Array.of(~2, ~1),
      defaultLeft: Uint8Array.of(0, 1),
      categoryStart: Int32Array.of(0, 0, 2),
      categories: Uint32Array.of(2, 2),
      gain: Float64Array.of(3, 1),
      cover: Float64Array.of(6, 4),
      value: Float64Array.of(10, 20, 40),
      leafCover: Float64Array.of(1, 3, 2),
    },
  ],
};

const scoresOf = (rows: readonly (readonly [number, number])[]): number[] => {
  const columns = [0, 1].map(feature => Float64Array.from(rows, row => row[feature]));
  return [...compileEnsemble(worked).scores(columns)];
};

describe('compileEnsemble', () => {
  it('compares numbers with thresholds, a number that is equal going left', () => {
    expect(
      scoresOf([
        [2, 0],
        [2.0000000000000004, 0],
        [-Infinity, 0],
        [Infinity, 0],
      ]),
    ).toEqual([20.5, 40.5, 20.5, 40.5]);
  });

  it('sends categories that are named to the left, all others to the right', () => {
    expect(
      scoresOf([
        [0, 1],
        [0, 33],
        [0, 32],
        [0, 0],
        [0, 64],
        [0, 1e12],
        [0, -1],
      ]),
    ).toEqual([10.5, 10.5, 20.5, 20.5, 20.5, 20.5, 20.5]);
  });

  it('sends what is missing to the default side', () => {
    expect(
      scoresOf([
        [NaN, 1],
        [0, NaN],
      ]),
    ).toEqual([40.5, 10.5]);
  });

  it('gives the base where there are no trees, and nothing for no rows', () => {
    const empty = { ...worked, trees: [] };
    expect([...compileEnsemble(empty).scores([Float64Array.of(1, 2), Float64Array.of(1, 2)])]).toEqual([0.5, 0.5]);
    expect(compileEnsemble(worked).scores([new Float64Array(0), new Float64Array(0)])).toHaveLength(0);
  });

  it('is the sum of walking down each tree, to the last bit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.record({
          features: fc.integer({ min: 1, max: 7 }),
          trees: fc.integer({ min: 0, max: 9 }),
          leaves: fc.integer({ min: 1, max: 40 }),
        }),
        fc.integer({ min: 1, max: 600 }),
        (seed, shape, rows) => {
          const ensemble = randomEnsemble(seed, shape);
          const columns = randomColumns(seed + 1, ensemble, rows);
          const scores = compileEnsemble(ensemble).scores(columns);
          expect([...scores]).toEqual(Array.from(scores, (_, row) => walkedScore(ensemble, columns, row)));
        },
      ),
    );
  });

  /** A chain of nodes that ask one feature for one threshold more each. */
  const chain = (leaves: number): TreeEnsemble => {
    const nodes = Array.from({ length: leaves - 1 }, (_, node) => node);
    return {
      features: [{ name: 'a', kind: 'number' }],
      base: 0,
      trees: [
        {
          feature: new Int32Array(leaves - 1),
          threshold: Float64Array.from(nodes),
          left: Int32Array.from(nodes, node => ~node),
          right: Int32Array.from(nodes, node => (node === leaves - 2 ? ~(leaves - 1) : node + 1)),
          defaultLeft: Uint8Array.from(nodes, node => (node === leaves - 2 ? 1 : 0)),
          categoryStart: new Int32Array(leaves),
          categories: new Uint32Array(0),
          gain: new Float64Array(leaves - 1),
          cover: new Float64Array(leaves - 1),
          value: Float64Array.from({ length: leaves }, (_, leaf) => leaf),
          leafCover: new Float64Array(leaves),
        },
      ],
    };
  };

  // 254 thresholds share a plane, 256 leaves have a byte for their number
  it.each([2, 254, 255, 256, 257, 300, 900])('is the sum for %d leaves over as many thresholds, less one', leaves => {
    const values = Float64Array.from({ length: 2 * leaves + 3 }, (_, i) => i / 2 - 1);
    const { scores } = compileEnsemble(chain(leaves));
    expect([...scores([values])]).toEqual(
      Array.from(values, value => Math.min(leaves - 1, Math.max(0, Math.ceil(value)))),
    );
    expect([...scores([Float64Array.of(Number.NaN)])]).toEqual([leaves - 2]);
  });

  it('gives the same scores again after others', () => {
    const ensemble = randomEnsemble(8, { features: 6, trees: 20, leaves: 31 });
    const compiled = compileEnsemble(ensemble);
    const columns = randomColumns(1, ensemble, 300);
    const first = compiled.scores(columns);
    compiled.scores(randomColumns(2, ensemble, 700));
    expect(compiled.scores(columns)).toEqual(first);
  });
});
