import { describe, expect, it } from 'vitest';
import { towerKinds, usualWeights, weightWithoutJudgements } from '../../src/search/fusion-prior.js';

/** Scores of the hybrid at 0, .05, .1, ...; the last one from there on. */
const curve = (...scores: number[]) =>
  Array.from({ length: 21 }, (_, i) => ({ weight: i / 20, score: scores[Math.min(i, scores.length - 1)] }));
const rising = curve(0.5, 0.51, 0.52);

describe('weightWithoutJudgements', () => {
  it('is the usual weight where vectors find at least half of what tokens find', () => {
    for (const kind of towerKinds) {
      for (const vectors of [0.3, 0.6, 0.9])
        expect(weightWithoutJudgements(kind, { tokens: 0.6, vectors, curve: rising })).toBe(usualWeights[kind]);
    }
  });

  it('falls with what vectors find below that, to 0 where they find nothing', () => {
    // a fifth of the tokens' figure is two fifths of the half: .3 * .4 = .12, in steps of .05
    expect(weightWithoutJudgements('pairs', { tokens: 0.5, vectors: 0.1, curve: rising })).toBe(0.1);
    for (const kind of towerKinds)
      expect(weightWithoutJudgements(kind, { tokens: 0.5, vectors: 0, curve: rising })).toBe(0);
  });

  it('falls for towers that learnt from drawn queries until they do not make them worse', () => {
    const drawn = { tokens: 0.5, vectors: 0.4 };
    expect(weightWithoutJudgements('documents', { ...drawn, curve: curve(0.5, 0.5, 0.49) })).toBe(0.05);
    expect(weightWithoutJudgements('documents', { ...drawn, curve: curve(0.5, 0.48, 0.49) })).toBe(0);
    // what stands behind the usual weight has no say
    expect(weightWithoutJudgements('documents', { ...drawn, curve: curve(0.5, 0.5, 0.5, 0.1) })).toBe(0.1);
    for (const kind of ['pairs', 'nothing'] as const)
      expect(weightWithoutJudgements(kind, { ...drawn, curve: curve(0.5, 0.4) })).toBe(usualWeights[kind]);
  });

  it('is the usual weight where tokens find nothing either', () => {
    const none = { tokens: 0, vectors: 0, curve: curve(0) };
    expect(weightWithoutJudgements('documents', none)).toBe(usualWeights.documents);
  });
});
