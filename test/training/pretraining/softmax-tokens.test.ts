import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import { sampledVocabulary, wholeVocabulary } from '../../../training/pretraining/softmax-tokens.js';

/** Counts like those of words: a few are very frequent, the last never came up. */
const counts = Float64Array.from({ length: 40 }, (_, id) => (id < 5 || id === 39 ? 0 : Math.round(1000 / (id - 4))));
const drawn = Int32Array.from({ length: 35 }, (_, i) => i + 5);

describe('wholeVocabulary', () => {
  it('is every id, and a target is its own index', () => {
    const { ids, slots, correction } = wholeVocabulary(4)(Int32Array.of(3, 0, 3), seededRandom(1));
    expect([...ids]).toEqual([0, 1, 2, 3]);
    expect([...slots]).toEqual([3, 0, 3]);
    expect(correction).toBeUndefined();
  });
});

describe('sampledVocabulary', () => {
  it('holds every target once, and others up to a multiple of what is wanted', () => {
    const targetsOf = fc.array(fc.integer({ min: 5, max: 39 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(targetsOf, fc.integer({ min: 1, max: 60 }), fc.nat(), (targets, size, seed) => {
        const sample = sampledVocabulary(counts, drawn, size);
        const { ids, slots, correction } = sample(Int32Array.from(targets), seededRandom(seed));
        expect(new Set(ids).size).toBe(ids.length);
        expect([...slots].map(slot => ids[slot])).toEqual(targets);
        expect(ids).toHaveLength(Math.min(35, size * Math.ceil(new Set(targets).size / size)));
        expect(correction).toHaveLength(ids.length);
        expect([...correction!].every(value => Number.isFinite(value) && value >= 0)).toBe(true);
      }),
    );
  });

  it('corrects each token by the logarithm of its chance to be there', () => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const random = seededRandom(5);
    const target = (): number => {
      let [left, id] = [random.next() * total, 0];
      while (left >= counts[id]) left -= counts[id++];
      return id;
    };
    const sample = sampledVocabulary(counts, drawn, 18);
    const batches = 20_000;
    const seen = new Float64Array(40);
    const chance = new Float64Array(40);
    for (let n = 0; n < batches; n++) {
      const { ids, correction } = sample(Int32Array.from({ length: 6 }, target), random);
      ids.forEach((id, slot) => {
        seen[id]++;
        chance[id] += Math.exp(-correction![slot]);
      });
    }
    // where a token is there, exp(-correction) says how often it is: the mean over its batches is its frequency among all of them.
    // The number of draws is taken as given, though it ends with the last new token: a bias of one draw in about ten.
    for (const id of [5, 6, 7, 10, 20, 30, 38]) {
      expect(Math.abs(chance[id] / seen[id] / (seen[id] / batches) - 1), `token ${id}`).toBeLessThan(0.1);
    }
    // and frequent ones are there more often
    expect(seen[5]).toBeGreaterThan(seen[20]);
    expect(seen[20]).toBeGreaterThan(seen[39]);
  });

  it('is a function of the seed', () => {
    const sample = sampledVocabulary(counts, drawn, 20);
    const at = (seed: number) => sample(Int32Array.of(6, 7), seededRandom(seed));
    expect(at(1)).toEqual(at(1));
    expect(at(1).ids).not.toEqual(at(2).ids);
  });
});
