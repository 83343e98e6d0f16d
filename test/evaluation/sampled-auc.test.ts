import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledRocAuc } from '../../src/evaluation/sampled-auc.js';

const one = { documents: 10, negatives: 50, seed: 1 };

describe('sampledRocAuc', () => {
  it('hand-worked without random documents: all queries pooled', () => {
    // positives .9 (query 0), .4 (query 1); negatives .5 (query 0), .1 (query 1): only .4 < .5 is out of order
    const scores = [
      [0.9, 0.5],
      [0.1, 0.4],
    ];
    const queries = [
      { relevant: [0], others: [1] },
      { relevant: [1], others: [0] },
    ];
    const score = (query: number, document: number): number => scores[query][document];
    expect(sampledRocAuc(queries, { ...one, negatives: 0, score })).toBe(0.75);
  });

  it('random documents are negatives unless they are judged, 50 draws a query with a relevant document', () => {
    const seen: string[] = [];
    const score = (query: number, document: number): number => {
      seen.push(`${query} ${document}`);
      return document === 3 ? 1 : 0;
    };
    const queries = [
      { relevant: [3], others: [4] },
      { relevant: [], others: [3] },
    ];
    expect(sampledRocAuc(queries, { ...one, score })).toBe(1);
    expect(seen.filter(pair => pair === '0 3' || pair === '0 4')).toHaveLength(2);
    expect(seen.filter(pair => pair.startsWith('1'))).toEqual([]);
    // each of the 50 draws is one of 8 unjudged documents of 10 with probability .8
    expect(seen.length - 2).toBeGreaterThan(25);
    expect(seen.length - 2).toBeLessThanOrEqual(50);
  });

  it('a model that gives one score to everything reads one half; the seed alone decides the draw', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const queries = [{ relevant: [0, 1], others: [] }];
        expect(sampledRocAuc(queries, { ...one, seed, score: () => 0.5 })).toBe(0.5);
        const score = (_: number, document: number): number => Math.sin(document);
        expect(sampledRocAuc(queries, { ...one, seed, score })).toBe(sampledRocAuc(queries, { ...one, seed, score }));
      }),
    );
  });

  it('refuses queries without a relevant document', () => {
    expect(() => sampledRocAuc([{ relevant: [], others: [1] }], { ...one, score: () => 0 })).toThrowError(
      expect.objectContaining({ code: 'evaluation/one-class' }),
    );
  });
});
