import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  condense,
  judgedShare,
  type Metric,
  ndcg,
  precision,
  recall,
  reciprocalRank,
  success,
} from '../../src/evaluation/metrics.js';

const judgements = new Map([
  ['a', 3],
  ['b', 0],
  ['c', 1],
  ['d', 2],
]);
/** ranks: b 1, a 2, x (unjudged) 3, c 4 */
const ranking = ['b', 'a', 'x', 'c'];

describe('hand-worked list', () => {
  it('nDCG: linear gain over log2(rank + 1), ideal from all judged', () => {
    const dcg = 3 / Math.log2(3) + 1 / Math.log2(5); // ranks 2 and 4
    const ideal = 3 / Math.log2(2) + 2 / Math.log2(3) + 1 / Math.log2(4); // a, d, c
    expect(ndcg(ranking, judgements, 10, 1)).toBeCloseTo(dcg / ideal, 12);
  });

  it('nDCG cuts the list and the ideal at K', () => {
    const ideal = 3 + 2 / Math.log2(3); // a, d
    expect(ndcg(ranking, judgements, 2, 1)).toBeCloseTo(3 / Math.log2(3) / ideal, 12);
    expect(ndcg(ranking, judgements, 1, 1)).toBe(0);
  });

  it('reads the relevance level', () => {
    // relevant at 1: a, c, d; at 2: a, d
    expect(recall(ranking, judgements, 4, 1)).toBeCloseTo(2 / 3, 12);
    expect(recall(ranking, judgements, 4, 2)).toBeCloseTo(1 / 2, 12);
    expect(recall(ranking, judgements, 2, 1)).toBeCloseTo(1 / 3, 12);
    expect(reciprocalRank(ranking, judgements, 10, 1)).toBe(1 / 2);
    expect(reciprocalRank(['x', 'c', 'd'], judgements, 10, 2)).toBe(1 / 3);
    expect(reciprocalRank(['x', 'c', 'd'], judgements, 2, 2)).toBe(0);
    expect(precision(ranking, judgements, 4, 1)).toBe(2 / 4);
    expect(precision(['a'], judgements, 4, 1)).toBe(1 / 4); // K, not the length of the list
    expect(success(ranking, judgements, 1, 1)).toBe(0);
    expect(success(ranking, judgements, 2, 1)).toBe(1);
  });

  it('average precision: (1/2 + 2/4) / 3', () => {
    expect(averagePrecision(ranking, judgements, 100, 1)).toBeCloseTo((1 / 2 + 2 / 4) / 3, 12);
    expect(averagePrecision(ranking, judgements, 3, 1)).toBeCloseTo(1 / 2 / 3, 12);
  });

  it('judged share counts judged documents of any gain over K', () => {
    expect(judgedShare(ranking, judgements, 4, 1)).toBe(3 / 4);
    expect(judgedShare(ranking, judgements, 10, 1)).toBe(3 / 10);
  });

  it('condensed: unjudged dropped, order kept', () => {
    expect(condense(ranking, judgements)).toEqual(['b', 'a', 'c']);
  });
});

describe('edges', () => {
  const metrics: Metric[] = [ndcg, reciprocalRank, recall, precision, averagePrecision, success];

  it('a query without a relevant document counts 0 everywhere', () => {
    const none = new Map([['a', 0]]);
    for (const metric of metrics) expect(metric(['a', 'b'], none, 10, 1)).toBe(0);
  });

  it('an empty list counts 0 everywhere', () => {
    for (const metric of [...metrics, judgedShare]) expect(metric([], judgements, 10, 1)).toBe(0);
  });

  it('a negative gain neither lowers nor lifts nDCG', () => {
    const withNegative = new Map([...judgements, ['n', -2]]);
    expect(ndcg(['n', 'a'], withNegative, 10, 1)).toBe(ndcg(['x', 'a'], judgements, 10, 1));
  });

  it('an unjudged document is not relevant even at level 0', () => {
    expect(precision(['x', 'b'], judgements, 2, 0)).toBe(1 / 2);
  });
});

describe('properties', () => {
  const id = fc.constantFrom(...'abcdefghij');
  const lists = fc.record({
    ranking: fc.uniqueArray(id),
    judged: fc.uniqueArray(fc.tuple(id, fc.integer({ min: -1, max: 3 })), { selector: ([d]) => d }),
    K: fc.integer({ min: 1, max: 12 }),
  });
  const all: Metric[] = [ndcg, reciprocalRank, recall, precision, averagePrecision, success, judgedShare];

  it('every metric lies in [0, 1] and ignores what stands behind K', () => {
    fc.assert(
      fc.property(lists, ({ ranking, judged, K }) => {
        for (const metric of all) {
          const value = metric(ranking, new Map(judged), K, 1);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
          expect(metric(ranking.slice(0, K), new Map(judged), K, 1)).toBe(value);
        }
      }),
    );
  });

  it('the ideal order reads nDCG 1', () => {
    fc.assert(
      fc.property(lists, ({ judged, K }) => {
        fc.pre(judged.some(([, gain]) => gain > 0));
        const ideal = [...judged].sort((a, b) => b[1] - a[1]).map(([d]) => d);
        expect(ndcg(ideal, new Map(judged), K, 1)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('moving a better document up never lowers nDCG', () => {
    fc.assert(
      fc.property(lists, fc.nat(), ({ ranking, judged, K }, where) => {
        fc.pre(ranking.length > 1);
        const i = where % (ranking.length - 1);
        const gains = new Map(judged);
        const gain = (d: string): number => Math.max(0, gains.get(d) ?? 0);
        fc.pre(gain(ranking[i + 1]) > gain(ranking[i]));
        const swapped = ranking.with(i, ranking[i + 1]).with(i + 1, ranking[i]);
        expect(ndcg(swapped, gains, K, 1)).toBeGreaterThanOrEqual(ndcg(ranking, gains, K, 1));
      }),
    );
  });
});
