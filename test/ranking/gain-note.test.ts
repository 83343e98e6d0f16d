import { describe, expect, it } from 'vitest';
import { gainNote } from '../../src/api/ranking/gain-note.js';

const figures = (ndcg: readonly number[], condensed = ndcg) => ({ ndcg, condensed });
const zeros = [0, 0, 0, 0];

describe('what is said of a gain', () => {
  it('is that it may be chance, where it is within two standard errors', () => {
    // differences .4, -.2, .4, -.2: mean .1, deviation .3, standard error .3 / 2 = .15
    expect(gainNote(figures(zeros), figures([0.4, -0.2, 0.4, -0.2]))).toEqual([
      expect.stringMatching(/^nDCG@10 rises by 0\.1000, which 4 validation queries do not tell .* error 0\.1500/),
    ]);
  });

  it('is that people looked there, where judged documents alone show none', () => {
    // differences .3, .1, .3, .1: mean .2, standard error .05
    const again = figures([0.3, 0.1, 0.3, 0.1], [0.1, -0.1, 0.1, -0.1]);
    expect(gainNote(figures(zeros), again)).toEqual([
      expect.stringContaining('among judged documents alone by 0.0000'),
    ]);
    expect(gainNote(figures(zeros), figures([0.3, 0.1, 0.3, 0.1]))).toEqual([]);
  });

  it('is nothing, where there is none', () => {
    expect(gainNote(figures(zeros), figures([-0.1, 0, 0, 0]))).toEqual([]);
  });
});
