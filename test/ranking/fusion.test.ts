import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/ranking/candidate.js';
import { candidateTable, type Sides } from '../../src/ranking/candidate-table.js';
import { convexCombination as convexRanker, reciprocalRankFusion } from '../../src/ranking/fusion.js';
import { type Ranker, rankCandidates } from '../../src/ranking/ranker.js';

const list = (scores: Record<string, number>): Candidate[] =>
  Object.entries(scores).map(([id, score]) => ({ id, score }));
const rank = (ranker: Ranker, sides: Sides): Candidate[] => rankCandidates(ranker, candidateTable(sides));
const fuseSides = (sides: Sides, weight: number, k: number): Candidate[] =>
  rank(convexRanker(weight, 8), sides).slice(0, k);
/** Both sides have found all that was asked for. */
const convexCombination = (token: readonly Candidate[], vector: readonly Candidate[], weight: number, k: number) =>
  fuseSides({ token, vector }, weight, k);
const distinct = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(...'abcdefgh'),
      fc.integer({ min: 0, max: 480 }).map(n => n / 16),
    ),
    {
      selector: ([id]) => id,
      maxLength: 8,
    },
  )
  .map(pairs => pairs.map(([id, score]) => ({ id, score })).sort((x, y) => y.score - x.score));

describe('convexCombination', () => {
  it('is the worked example', () => {
    // token, from .9*2 = 1.8 to 10: a 1, b 4.2/8.2, c .2/8.2; vector: c 1, a (.5-.3)/.4 = .5, d 0; weight .25
    // a .75*1 + .25*.5 = .875; b .75*4.2/8.2; c .75*.2/8.2 + .25*1; d 0
    const fused = convexCombination(list({ a: 10, b: 6, c: 2 }), list({ c: 0.7, a: 0.5, d: 0.3 }), 0.25, 10);
    expect(fused.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    [0.875, 3.15 / 8.2, 0.15 / 8.2 + 0.25, 0].forEach((score, i) => {
      expect(fused[i].score).toBeCloseTo(score, 12);
    });
    expect(convexCombination(list({ a: 10, b: 6 }), list({ c: 1 }), 0.25, 1)).toEqual([{ id: 'a', score: 0.75 }]);
  });

  it('counts a lone candidate, and equal ones, as the best of their side', () => {
    expect(convexCombination(list({ a: 0.1 }), list({ b: 0.4, a: 0.4 }), 0.5, 5)).toEqual([
      { id: 'a', score: 1 },
      { id: 'b', score: 0.5 },
    ]);
  });

  it('keeps the order of one side when the other is empty', () => {
    expect(convexCombination(list({ x: 3, b: 2, c: 1 }), [], 0.3, 5).map(({ id }) => id)).toEqual(['x', 'b', 'c']);
    expect(convexCombination([], list({ x: 3, b: 2, c: 1 }), 0.3, 5).map(({ id }) => id)).toEqual(['x', 'b', 'c']);
    expect(convexCombination([], [], 0.3, 5)).toEqual([]);
  });

  it('puts the token side first among equals, each side in its own order', () => {
    // at .5 a lone best of each side has .5
    expect(convexCombination(list({ b: 1 }), list({ a: 1 }), 0.5, 5).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('at weight 0 is the token side, gone on with by the vector side', () => {
    const token = list({ z: 3, y: 2, x: 1 });
    const vector = list({ b: 0.9, y: 0.8, a: 0.7 });
    expect(convexCombination(token, vector, 0, 5).map(({ id }) => id)).toEqual(['z', 'y', 'x', 'b', 'a']);
    expect(convexCombination([], vector, 0, 5).map(({ id }) => id)).toEqual(['b', 'y', 'a']);
  });

  it('does not depend on the scale of a side, nor on the offset of vectors, and stays in [0, 1]', () => {
    fc.assert(
      fc.property(distinct, distinct, fc.double({ min: 0, max: 1, noNaN: true }), (token, vector, weight) => {
        const scaled = token.map(({ id, score }) => ({ id, score: 8 * score }));
        const shifted = vector.map(({ id, score }) => ({ id, score: 8 * score + 64 }));
        const plain = new Map(convexCombination(token, vector, weight, 16).map(({ id, score }) => [id, score]));
        const spread = vector.length > 0 && vector[0].score - vector[vector.length - 1].score;
        fc.pre(spread === false || spread === 0 || spread > 1e-3);
        for (const { id, score } of convexCombination(scaled, shifted, weight, 16)) {
          expect(score).toBeCloseTo(plain.get(id) ?? Number.NaN, 6);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(plain.size).toBe(new Set([...token, ...vector].map(({ id }) => id)).size);
      }),
    );
  });

  it('takes less of a token side that has found a part of the query', () => {
    // token a 1, b .2/8.2; vector c 1, b 0: at .5 and coverage .4 a has .5 * .4 = .2, c .5
    const sides = { token: list({ a: 10, b: 2 }), vector: list({ c: 0.7, b: 0.5 }), coverage: 0.4 };
    expect(fuseSides(sides, 0.5, 3)).toEqual([
      { id: 'c', score: 0.5 },
      { id: 'a', score: 0.2 },
      { id: 'b', score: expect.closeTo(0.04 / 8.2, 12) },
    ]);
    // at weight 0 the tokens rank all the same
    expect(fuseSides(sides, 0, 3).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('reciprocalRankFusion', () => {
  const fuse = (token: readonly string[], vector: readonly string[], k?: number): Candidate[] => {
    const side = (ids: readonly string[]): Candidate[] => ids.map((id, i) => ({ id, score: -i }));
    return rank(reciprocalRankFusion(8, k), { token: side(token), vector: side(vector) });
  };

  it('is the worked example', () => {
    // a 1/62 + 1/61; b 1/61 + 1/62: equal, so in the order of the token side; c 1/63
    const fused = fuse(['b', 'a', 'c'], ['a', 'b']);
    expect(fused.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(fused[0].score).toBeCloseTo(1 / 61 + 1 / 62, 12);
    expect(fused[2].score).toBeCloseTo(1 / 63, 12);
    expect(fuse(['a', 'b'], [], 1).map(({ score }) => score)).toEqual([1 / 2, 1 / 3]);
  });

  it('keeps the order of a side that is alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 30 }), ids => {
        expect(fuse(ids, []).map(({ id }) => id)).toEqual(ids);
        expect(fuse([], ids).map(({ id }) => id)).toEqual(ids);
      }),
    );
  });
});
