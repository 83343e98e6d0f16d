import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phraseFrequency } from '../../../src/lexical/tree/phrase-frequency.js';
import { countBelow, matchDistance, nearestPlace } from '../../../src/lexical/tree/place-words.js';
import { phraseFrequencyByAllWays } from './naive-tree.js';

/** Rising places of three words, no two at one place. */
const field = fc
  .uniqueArray(fc.record({ at: fc.nat(30), term: fc.nat(2) }), { selector: ({ at }) => at, maxLength: 11 })
  .map(places => {
    const rising = places.sort((a, b) => a.at - b.at);
    return [0, 1, 2].map(term => rising.filter(place => place.term === term).map(({ at }) => at));
  });

describe('the frequency of a phrase', () => {
  it('is that of trying every way to place the words', () => {
    const words = fc.array(fc.record({ term: fc.nat(2), gap: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 2,
      maxLength: 4,
    });
    fc.assert(
      fc.property(words, field, fc.nat(30), (gaps, positions, slop) => {
        let offset = -gaps[0].gap;
        const placed = gaps.map(({ term, gap }) => {
          offset += gap;
          return { term, offset };
        });
        const tokens = positions.flatMap((list, term) => list.map(position => ({ term: String(term), position })));
        const wanted = phraseFrequencyByAllWays(
          placed.map(({ term, offset: position }) => ({ term: String(term), position })),
          tokens,
          slop,
        );
        expect(phraseFrequency(placed, positions, slop)).toBeCloseTo(wanted, 12);
      }),
      { numRuns: 3000 },
    );
  });

  it('stays cheap for a word that a field repeats ten thousand times, asked twenty times in a row', () => {
    const words = Array.from({ length: 20 }, (_, offset) => ({ term: 0, offset }));
    const dense = Array.from({ length: 10_000 }, (_, i) => i);
    expect(phraseFrequency(words, [dense], 0)).toBe(10_000 - 19);
    // of 20 places two apart that follow one another d rises by 1 a word: 1 + 3 + ... + 19 = 100 moves to the middle
    const far = dense.map(i => i * 2);
    expect(phraseFrequency(words, [far], 99)).toBe(0);
    expect(phraseFrequency(words, [far.slice(0, 20)], 100)).toBeGreaterThanOrEqual(1 / 101);
  });
});

describe('placing words', () => {
  it('counts, finds the nearest, and matches with the least moves', () => {
    expect([0, 3, 4, 9].map(value => countBelow([3, 5, 8], value))).toEqual([0, 0, 1, 3]);
    expect([0, 4, 5, 7, 99].map(value => nearestPlace([3, 5, 8], value))).toEqual([3, 3, 5, 8, 8]);
    expect(matchDistance([3, 5, 8], 0, 3, -1, 4, [0, 1])).toBe(1);
    expect(matchDistance([3, 5, 8], 0, 3, -1, 5, [0, 1])).toBe(2); // 5 and 8
    expect(matchDistance([3, 5, 8], 0, 3, 5, 5, [0, 1])).toBe(4); // 3 and 8
    expect(matchDistance([3, 5, 8], 0, 2, -1, 5, [0, 1])).toBe(3); // 3 and 5
    expect(matchDistance([3, 5, 8], 0, 1, -1, 3, [0, 1])).toBe(Infinity);
  });
});
