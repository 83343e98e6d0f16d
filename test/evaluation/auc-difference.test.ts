import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucDifference } from '../../src/evaluation/auc-difference.js';
import { rocAuc } from '../../src/evaluation/embedding-metrics.js';
import { type AucPair, sampleAucPairs, sampledRocAuc } from '../../src/evaluation/sampled-auc.js';
import { seededRandom } from '../../src/math/random.js';

const pair = (query: number, positive: boolean): AucPair => ({ query, document: 0, positive });

/** The same by copies of the pairs, drawn as the bootstrap draws, and rocAuc. */
function byCopies(pairs: readonly AucPair[], first: Float64Array, second: Float64Array, seed: number, samples: number) {
  const queries = [...new Set(pairs.map(({ query }) => query))];
  const random = seededRandom(seed);
  const difference = (drawn: readonly number[]): number => {
    const places = drawn.flatMap(query => [...pairs.keys()].filter(i => pairs[i].query === query));
    const labels = places.map(i => pairs[i].positive);
    if (labels.every(label => label) || labels.every(label => !label)) return 0;
    const auc = (scores: Float64Array): number =>
      rocAuc(
        places.map(i => scores[i]),
        labels,
      );
    return auc(first) - auc(second);
  };
  const sorted = Array.from({ length: samples }, () =>
    difference(queries.map(() => queries[random.below(queries.length)])),
  ).sort((a, b) => a - b);
  // .05 / 2 of 40 samples: one is cut off at each end
  return { mean: difference(queries), low: sorted[1], high: sorted[samples - 2] };
}

describe('aucDifference', () => {
  it('is the difference of the pooled areas', () => {
    const pairs = [pair(0, true), pair(0, false), pair(1, true), pair(1, false)];
    // first: both positives above both negatives, 1; second: of 4 comparisons one is won and one even, 1.5 / 4
    const first = Float64Array.of(0.9, 0.1, 0.8, 0.2);
    const second = Float64Array.of(0.5, 0.5, 0.1, 0.4);
    expect(rocAuc(second, [true, false, true, false])).toBe(0.375);
    expect(aucDifference(pairs, first, second, { seed: 1 }).mean).toBe(0.625);
  });

  it('agrees with copies of the pairs of every drawn query', () => {
    const score = fc.integer({ min: 0, max: 4 });
    const rows = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.boolean(), score, score), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.nat(), (drawn, seed) => {
        const pairs = drawn.map(([query, positive]) => pair(query, positive));
        const [first, second] = [2, 3].map(at => Float64Array.from(drawn, row => row[at] as number));
        const found = aucDifference(pairs, first, second, { seed, samples: 40 });
        const copied = byCopies(pairs, first, second, seed, 40);
        for (const end of ['mean', 'low', 'high'] as const) expect(found[end], end).toBeCloseTo(copied[end], 12);
      }),
    );
  });

  it('of the same scores is 0, with no width', () => {
    const pairs = [pair(0, true), pair(1, false), pair(2, true)];
    const scores = Float64Array.of(0.3, 0.2, 0.1);
    expect(aucDifference(pairs, scores, scores, { seed: 1 })).toEqual({ mean: 0, low: 0, high: 0 });
  });

  it('needs a pair', () => {
    const none = new Float64Array(0);
    expect(() => aucDifference([], none, none, { seed: 1 })).toThrow(
      expect.objectContaining({ code: 'evaluation/no-queries' }),
    );
  });
});

describe('sampleAucPairs', () => {
  it('gives what sampledRocAuc scores: the judged pairs, and random ones that nobody judged', () => {
    const judged = [
      { relevant: [2], others: [0] },
      { relevant: [], others: [1] },
      { relevant: [4, 1], others: [] },
    ];
    const draw = { documents: 5, negatives: 8, seed: 4 };
    const pairs = sampleAucPairs(judged, draw);
    expect(pairs.filter(({ positive }) => positive)).toEqual([
      { query: 0, document: 2, positive: true },
      { query: 2, document: 4, positive: true },
      { query: 2, document: 1, positive: true },
    ]);
    expect(pairs.some(({ query }) => query === 1)).toBe(false);
    const scored: (readonly [number, number])[] = [];
    sampledRocAuc(judged, {
      ...draw,
      score: (query, document) => {
        scored.push([query, document]);
        return 0;
      },
    });
    expect(scored).toEqual(pairs.map(({ query, document }) => [query, document]));
  });
});
