import { describe, expect, it } from 'vitest';
import { deepInputs, inputCount, scaleOf } from '../../src/ranking/learned/deep-inputs.js';

const e = Math.E;

describe('the inputs of a network behind a ranker', () => {
  it('are the score, the features and what is missing, scaled by their signed logarithms', () => {
    const score = { mean: 1, deviation: 2 };
    const features = [
      { mean: 0, deviation: 1 },
      { mean: 2, deviation: 0.5 },
    ];
    // ln(1 + |e - 1|) = 1, ln(1 + |e^2 - 1|) = 2
    const inputs = deepInputs(
      score,
      features,
      [e - 1, 1 - e],
      [
        [1 - e ** 2, Number.NaN],
        [e ** 2 - 1, e - 1],
      ],
    );
    expect(inputs).toHaveLength(2 * inputCount(2));
    expect([...inputs]).toEqual([0, -2, 0, 0, 0, -1, 0, -2, 1, 0].map(value => expect.closeTo(value, 6)));
  });

  it('show nothing beyond five deviations', () => {
    const scale = { mean: 0, deviation: 0.01 };
    expect([...deepInputs(scale, [scale], [1e9], [[-1e9]])]).toEqual([5, -5, 0]);
  });

  it('are scaled by what is known', () => {
    const { mean, deviation } = scaleOf([e - 1, Number.NaN, 1 - e]);
    expect(mean).toBeCloseTo(0, 9);
    expect(deviation).toBeCloseTo(1, 9);
    expect(scaleOf([Number.NaN])).toEqual({ mean: 0, deviation: 1 });
    expect(scaleOf([e - 1, e - 1])).toEqual({ mean: expect.closeTo(1, 9), deviation: 1 });
  });
});
