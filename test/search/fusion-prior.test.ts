import { describe, expect, it } from 'vitest';
import { usualWeights, weightWithoutJudgements } from '../../src/search/fusion-prior.js';

describe('weightWithoutJudgements', () => {
  it('is the usual weight where vectors find at least half of what tokens find', () => {
    for (const kind of ['pairs', 'documents', 'nothing'] as const) {
      for (const vectors of [0.3, 0.6, 0.9])
        expect(weightWithoutJudgements(kind, { tokens: 0.6, vectors })).toBe(usualWeights[kind]);
    }
  });

  it('falls with what vectors find below that, to 0 where they find nothing', () => {
    // a fifth of the tokens' figure is two fifths of the half: .3 * .4 = .12, in steps of .05
    expect(weightWithoutJudgements('pairs', { tokens: 0.5, vectors: 0.1 })).toBe(0.1);
    expect(weightWithoutJudgements('nothing', { tokens: 0.5, vectors: 0 })).toBe(0);
  });

  it('is the usual weight where tokens find nothing either', () => {
    expect(weightWithoutJudgements('documents', { tokens: 0, vectors: 0 })).toBe(usualWeights.documents);
  });
});
