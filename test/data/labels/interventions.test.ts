import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harvestInterventions, type MovedDocument } from '../../../data/labels/interventions.js';

/** What the maximum must make 0 at each rank behind the first: clicks less those expected, and the pull of the neighbours. */
function scores(documents: readonly MovedDocument[], values: Float64Array): number[] {
  return Array.from(values, (value, k) => {
    let score = k === 0 ? 0 : values[k - 1] - value;
    if (k + 1 < values.length) score += values[k + 1] - value;
    for (const { ranks, views, clicks } of documents) {
      const looks = ranks.map((rank, i) => views[i] * Math.exp(values[rank - 1]));
      const at = ranks.indexOf(k + 1);
      if (at < 0) continue;
      const all = clicks.reduce((sum, count) => sum + count, 0);
      score += clicks[at] - (all * looks[at]) / looks.reduce((sum, count) => sum + count, 0);
    }
    return score;
  }).slice(1);
}

describe('harvestInterventions', () => {
  it('finds the ratio of two ranks, and its error', () => {
    // p = 1, 1/2 and as many views at each: of 3000 clicks a third at rank 2; the prior pulls as hard as log 2 clicks
    const second = 1000 + Math.log(0.5);
    const documents = [{ ranks: [1, 2], views: [10_000, 10_000], clicks: [3000 - second, second] }];
    const { values, errors } = harvestInterventions(documents, 2);
    expect([...values]).toEqual([0, expect.closeTo(Math.log(0.5), 9)]);
    // curvature 3000 * 1/3 * 2/3, and 1 of the prior
    expect([...errors]).toEqual([0, expect.closeTo(1 / Math.sqrt(3000 * (2 / 9) + 1), 9)]);
  });

  it('is not misled by which rank showed the better documents', () => {
    // expected clicks of p = 1, 0.4: the good document stood at rank 1 nine times of ten, the bad one at rank 2
    const of = (relevance: number, views: readonly number[]): MovedDocument => ({
      ranks: [1, 2],
      views,
      clicks: [views[0] * relevance, views[1] * 0.4 * relevance],
    });
    const documents = [of(0.5, [900_000, 100_000]), of(0.05, [100_000, 900_000])];
    const propensity = Math.exp(harvestInterventions(documents, 2).values[1]);
    // clicks by rank alone would say (20000 + 18000) / (450000 + 5000) = 0.08
    expect(propensity).toBeCloseTo(0.4, 3);
  });

  it('learns nothing from a document at one rank, and takes a rank without evidence for like the one above', () => {
    const moved = { ranks: [1, 2], views: [1000, 1000], clicks: [400, 200] };
    const still = { ranks: [4], views: [100_000], clicks: [7] };
    const { values, errors } = harvestInterventions([moved, still], 4);
    const alone = harvestInterventions([moved], 2);
    expect([...values]).toEqual([0, ...[1, 1, 1].map(() => expect.closeTo(alone.values[1], 9))]);
    // a step of the prior further each
    const variance = alone.errors[1] ** 2;
    expect(errors[2]).toBeCloseTo(Math.sqrt(variance + 1), 9);
    expect(errors[3]).toBeCloseTo(Math.sqrt(variance + 2), 9);
  });

  it('says of nothing at all that every rank is alike', () => {
    expect([...harvestInterventions([], 3).values]).toEqual([0, 0, 0]);
    expect([...harvestInterventions([], 1).values]).toEqual([0]);
  });

  it('ends where clicks are as they are expected, whatever they are', () => {
    const ranked = fc.record({
      views: fc.integer({ min: 1, max: 1000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const document = fc
      .uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
      .chain(ranks =>
        fc.tuple(fc.constant(ranks), fc.array(ranked, { minLength: ranks.length, maxLength: ranks.length })),
      )
      .map(([ranks, counts]) => ({
        ranks,
        views: counts.map(({ views }) => views),
        clicks: counts.map(({ views, share }) => Math.floor(views * share)),
      }));
    fc.assert(
      fc.property(fc.array(document, { maxLength: 6 }), documents => {
        const { values } = harvestInterventions(documents, 5);
        for (const score of scores(documents, values)) expect(Math.abs(score)).toBeLessThan(1e-5);
      }),
    );
  });
});
