import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/lexical/candidate.js';
import { tuneFusionWeight } from '../../src/search/tune-fusion.js';

const side = (...ids: string[]): Candidate[] => ids.map((id, i) => ({ id, score: 10 - i }));
/** 1 / rank of the wanted document, meaned over the queries. */
const meanReciprocalRank =
  (wanted: Record<string, string>) =>
  (run: ReadonlyMap<string, readonly Candidate[]>): number => {
    const ranks = Object.entries(wanted).map(
      ([query, id]) => (run.get(query) ?? []).findIndex(hit => hit.id === id) + 1,
    );
    return ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / ranks.length;
  };

describe('tuneFusionWeight', () => {
  it('finds where the wanted documents come first', () => {
    // q1 wants a: token scores a 1, b .5, vector b 1: a before b while 1 - w > .5 (1 - w) + w, that is w < 1/3
    // q2 wants d: token c 1, d 0; vector d 1, c .5, e 0: d before c while w > 1 - w + .5 w, that is w > 2/3
    // q3 wants d as q2: two of three queries ask for w > 2/3; at .7 the first grid point beyond
    const queries = [
      { query: 'q1', token: side('a', 'b', 'x'), vector: side('b', 'y') },
      { query: 'q2', token: side('c', 'd'), vector: side('d', 'c', 'e') },
      { query: 'q3', token: side('c', 'd'), vector: side('d', 'c', 'e') },
    ];
    const tuned = tuneFusionWeight(queries, 10, meanReciprocalRank({ q1: 'a', q2: 'd', q3: 'd' }));
    expect(tuned.weight).toBe(0.7);
    expect(tuned.score).toBeCloseTo((1 / 2 + 1 + 1) / 3, 12);
    expect(tuned.curve.map(({ weight }) => weight)).toEqual(Array.from({ length: 21 }, (_, i) => i / 20));
    expect(tuned.curve[0].score).toBeCloseTo((1 + 1 / 2 + 1 / 2) / 3, 12);
  });

  it('takes the smaller of equal weights', () => {
    const queries = [{ query: 'q', token: side('a', 'b'), vector: side('a', 'b') }];
    expect(tuneFusionWeight(queries, 10, meanReciprocalRank({ q: 'a' })).weight).toBe(0);
  });
});
