import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopK } from '../../src/lexical/top-k.js';

describe('TopK', () => {
  it('keeps the best, ties by id in code-unit order', () => {
    const best = new TopK(3);
    for (const [id, score] of [
      ['b', 1],
      ['a', 1],
      ['c', 2],
      ['B', 1],
      ['z', 0.5],
    ] as const)
      best.offer(score, id);
    expect(best.sorted()).toEqual([
      { id: 'c', score: 2 },
      { id: 'B', score: 1 },
      { id: 'a', score: 1 },
    ]);
    expect(best.least).toBe(1);
  });

  it('equals sorting everything, whatever the order of the offers', () => {
    const offers = fc.uniqueArray(
      fc.record({ id: fc.string({ maxLength: 3 }), score: fc.integer({ min: 0, max: 5 }) }),
      {
        selector: offer => offer.id,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(offers, fc.integer({ min: 1, max: 70 }), (all, k) => {
        const best = new TopK(k);
        for (const { id, score } of all) best.offer(score, id);
        const sorted = [...all].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
        expect(best.sorted()).toEqual(sorted.slice(0, k));
      }),
    );
  });
});
