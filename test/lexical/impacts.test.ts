import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImpactSet } from '../../src/lexical/impacts.js';

const pairsOf = (set: ImpactSet): [field: number, frequency: number, length: number][] => {
  const words = set.words();
  return Array.from({ length: words.length / 2 }, (_, i) => [
    words[2 * i] >>> 24,
    words[2 * i] & 0xffffff,
    words[2 * i + 1],
  ]);
};

describe('ImpactSet', () => {
  it('keeps the pairs that no other beats, by field', () => {
    const set = new ImpactSet(256);
    set.add(0, 1, 8);
    set.add(0, 2, 9); // longer, but more often
    set.add(0, 1, 9); // beaten by the first
    set.add(255, 1, 3);
    set.add(0, 2, 8); // beats both
    expect(pairsOf(set)).toEqual([
      [0, 2, 8],
      [255, 1, 3],
    ]);
    set.clear();
    expect(pairsOf(set)).toEqual([]);
  });

  it('bounds every pair that went in, whatever weighs frequency against length, with at most 8 pairs', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 150 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pairs, b) => {
          const set = new ImpactSet(1);
          for (const [frequency, length] of pairs) set.add(0, frequency, length);
          const kept = pairsOf(set);
          expect(kept.length).toBeLessThanOrEqual(8);
          const score = (frequency: number, length: number): number => frequency / (1 - b + (b * length) / 40 + 1e-9);
          const bound = Math.max(...kept.map(([, frequency, length]) => score(frequency, length)));
          for (const [frequency, length] of pairs) expect(score(frequency, length)).toBeLessThanOrEqual(bound);
          if (kept.length < 8) expect(pairs.some(([f, l]) => score(f, l) === bound)).toBe(true);
        },
      ),
    );
  });
});
