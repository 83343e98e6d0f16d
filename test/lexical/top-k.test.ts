import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySegment } from '../../src/lexical/memory-segment.js';
import { TopK } from '../../src/lexical/top-k.js';

describe('TopK', () => {
  it('equals sorting everything, ties by id in code-unit order within and across segments, whatever the order of the offers', () => {
    const offers = fc.uniqueArray(
      fc.record({
        id: fc.string({ maxLength: 3 }),
        score: fc.integer({ min: 0, max: 5 }),
        segment: fc.nat({ max: 1 }),
      }),
      { selector: offer => offer.id, maxLength: 60 },
    );
    fc.assert(
      fc.property(offers, fc.integer({ min: 1, max: 70 }), (all, k) => {
        const segments = [new MemorySegment(0), new MemorySegment(0)];
        const best = new TopK(k);
        for (const { id, score, segment } of all) {
          segments[segment].add(id, []);
          best.offer(score, segments[segment], segments[segment].find(id));
        }
        const sorted = all.map(({ id, score }) => ({ id, score }));
        sorted.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
        expect(best.least).toBe(all.length < k ? -Infinity : sorted[k - 1].score);
        expect(best.take()).toEqual(sorted.slice(0, k));
      }),
    );
  });
});
