import { describe, expect, it } from 'vitest';
import type { TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';
import { importance } from '../../../src/ranking/trees/importance.js';
import { partialDependence } from '../../../src/ranking/trees/partial-dependence.js';

/** a <= 0 ? 1 : (b <= 0 ? 2 : 6), and a <= 5 ? 0 : 100; c is asked nowhere. What is missing goes right. */
const ensemble: TreeEnsemble = {
  features: ['a', 'b', 'c'].map(name => ({ name, kind: 'number' })),
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
      gain: Float64Array.of(8, 3),
      cover: Float64Array.of(4, 2),
      value: Float64Array.of(1, 2, 6),
      leafCover: Float64Array.of(2, 1, 1),
    },
    {
      feature: Int32Array.of(0),
      threshold: Float64Array.of(5),
      left: Int32Array.of(~0),
      right: Int32Array.of(~1),
      defaultLeft: Uint8Array.of(0),
      categoryStart: Int32Array.of(0, 0),
      categories: new Uint32Array(0),
      gain: Float64Array.of(0.5),
      cover: Float64Array.of(4),
      value: Float64Array.of(0, 100),
      leafCover: Float64Array.of(3, 1),
    },
  ],
};

describe('importance', () => {
  it('adds the gains of the splits of a feature, and counts them', () => {
    const { gain, splits } = importance(ensemble);
    expect([...gain]).toEqual([8.5, 3, 0]);
    expect([...splits]).toEqual([2, 1, 0]);
  });
});

describe('partialDependence', () => {
  const columns = [Float64Array.of(9, 9, 9, 9), Float64Array.of(-1, -1, -1, 1), new Float64Array(4)];

  it('is the mean over rows with the feature replaced', () => {
    // a = 0: 10 + 1; a = 1: 10 + (2 + 2 + 2 + 6) / 4; a = 6 or missing: 100 more
    const means = partialDependence(ensemble, columns, 0, Float64Array.of(0, 1, 6, Number.NaN));
    expect([...means]).toEqual([11, 13, 113, 113]);
  });

  it('is over every n-th row where there are many', () => {
    // of 2001 rows every third counts: 667, the first one among them; a = 1, b = 1 in row 1 alone
    const b = new Float64Array(2001).fill(-1);
    b[1] = 1;
    const many = [new Float64Array(2001), b, new Float64Array(2001)];
    expect([...partialDependence(ensemble, many, 0, Float64Array.of(1))]).toEqual([12]);
  });
});
