import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseMerge, floorPostings, type SegmentSize } from '../../src/lexical/merge-policy.js';

const whole = (postings: number): SegmentSize => ({ postings, documents: 1000, removed: 0 });

describe('chooseMerge', () => {
  it('lets a tier of eight be, and merges when there is a ninth', () => {
    expect(chooseMerge([])).toEqual([]);
    expect(chooseMerge(Array.from({ length: 8 }, () => whole(floorPostings)))).toEqual([]);
    expect(chooseMerge(Array.from({ length: 10 }, () => whole(floorPostings)))).toHaveLength(8);
  });

  it('takes small segments of like size rather than the large one', () => {
    const segments = [whole(floorPostings * 40), ...Array.from({ length: 20 }, () => whole(floorPostings))];
    const chosen = chooseMerge(segments);
    expect(chosen).toHaveLength(8);
    expect(chosen).not.toContain(0);
  });

  it('writes a segment anew when most of it is removed', () => {
    const segments = [whole(floorPostings), { ...whole(floorPostings), removed: 501 }];
    expect(chooseMerge(segments)).toEqual([1]);
    expect(chooseMerge([whole(floorPostings), { ...whole(floorPostings), removed: 500 }])).toEqual([]);
  });

  it('comes to rest with a number of segments that grows with the logarithm of the index, each posting written few times', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), flushes => {
        let segments: SegmentSize[] = [];
        let written = 0;
        for (let i = 0; i < flushes; i++) {
          segments.push(whole(floorPostings));
          for (let chosen = chooseMerge(segments); chosen.length > 0; chosen = chooseMerge(segments)) {
            const merged = chosen.reduce((sum, place) => sum + segments[place].postings, 0);
            written += merged;
            segments = [...segments.filter((_, place) => !chosen.includes(place)), whole(merged)];
          }
        }
        const tiers = Math.ceil(Math.log(flushes + 1) / Math.log(8));
        expect(segments.length).toBeLessThanOrEqual(8 * tiers + 1);
        expect(written / (flushes * floorPostings)).toBeLessThanOrEqual(tiers + 2);
      }),
      { numRuns: 30 },
    );
  });
});
