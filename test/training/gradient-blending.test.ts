import { describe, expect, it } from 'vitest';
import { blendingWeights } from '../../training/gradient-blending.js';

const change = (trainingBefore: number, trainingAfter: number, validationBefore: number, validationAfter: number) => ({
  trainingBefore,
  trainingAfter,
  validationBefore,
  validationAfter,
});

describe('blendingWeights', () => {
  it('weighs by gain over the square of the overfitting', () => {
    // gain 2, gap from 0 to 1: 2 / 1; gain 1, gap from .5 to 1: 1 / .25
    const weights = blendingWeights([change(5, 2, 5, 3), change(4.5, 3, 5, 4)]);
    expect(weights[0]).toBeCloseTo(2 / 6, 12);
    expect(weights[1]).toBeCloseTo(4 / 6, 12);
  });

  it('gives nothing to what has got worse, and equal weights where all have', () => {
    expect(blendingWeights([change(5, 2, 5, 6), change(5, 4, 5, 4.5)])).toEqual([0, 1]);
    expect(blendingWeights([change(5, 2, 5, 6), change(5, 2, 5, 5)])).toEqual([0.5, 0.5]);
  });
});
