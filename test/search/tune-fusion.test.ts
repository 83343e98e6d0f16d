import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/lexical/candidate.js';
import { type CachedCandidates, tuneFusionWeight } from '../../src/search/tune-fusion.js';

const side = (...ids: string[]): Candidate[] => ids.map((id, i) => ({ id, score: 10 - i }));
/** 1 / rank of the wanted document; 0 where it was not found. */
const reciprocalRankOf =
  (wanted: (query: string) => string) =>
  (query: string, ranked: readonly Candidate[]): number => {
    const rank = ranked.findIndex(({ id }) => id === wanted(query)) + 1;
    return rank === 0 ? 0 : 1 / rank;
  };

/** Wants `a`: token scores a 1, b .5, vector b 1: a before b while 1 - w > .5 (1 - w) + w, that is w < 1/3. */
const tokensRight = (query: string): CachedCandidates => ({
  query,
  token: side('a', 'b', 'x'),
  vector: side('b', 'y'),
});
/** Wants `d`: token c 1, d 0; vector d 1, c .5, e 0: d before c while w > 1 - w + .5 w, that is w > 2/3. */
const vectorsRight = (query: string): CachedCandidates => ({
  query,
  token: side('c', 'd'),
  vector: side('d', 'c', 'e'),
});
const figure = reciprocalRankOf(query => (query.startsWith('t') ? 'a' : 'd'));
const many = (n: number, query: (name: string) => CachedCandidates, letter: string): CachedCandidates[] =>
  Array.from({ length: n }, (_, i) => query(`${letter}${i}`));

describe('tuneFusionWeight', () => {
  it('finds where the wanted documents come first', () => {
    // 18 of 20 queries ask for w > 2/3: at .7, the first grid point beyond, they have 1 and the two others 1/2
    const tuned = tuneFusionWeight([...many(2, tokensRight, 't'), ...many(18, vectorsRight, 'v')], 10, figure);
    expect(tuned.weight).toBe(0.7);
    expect(tuned.score).toBeCloseTo((18 + 2 / 2) / 20, 12);
    expect(tuned.curve.map(({ weight }) => weight)).toEqual(Array.from({ length: 21 }, (_, i) => i / 20));
    expect(tuned.curve[0].score).toBeCloseTo((2 + 18 / 2) / 20, 12);
    expect(tuned.lead.mean).toBeCloseTo(0.4, 12);
    expect(tuned.lead.low).toBeGreaterThan(0);
  });

  it('stays with the tokens where the queries do not tell that vectors are of use', () => {
    // five of nine gain 1/2, four lose it: .7 has the better mean, by 1/18, and resampled means often fall below 0
    const tuned = tuneFusionWeight([...many(4, tokensRight, 't'), ...many(5, vectorsRight, 'v')], 10, figure);
    expect(tuned.lead.mean).toBeCloseTo(1 / 18, 12);
    expect(tuned.lead.low).toBeLessThan(0);
    expect(tuned).toMatchObject({ weight: 0, score: tuned.curve[0].score });
  });

  it('takes the smaller of equal weights', () => {
    const queries = [{ query: 't', token: side('a', 'b'), vector: side('a', 'b') }];
    expect(tuneFusionWeight(queries, 10, figure)).toMatchObject({ weight: 0, lead: { mean: 0, low: 0, high: 0 } });
  });
});
