import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import { maskingOf, maskSequence } from '../../../training/pretraining/masking.js';
import type { Sequence } from '../../../training/pretraining/token-windows.js';

const special = new Set([0, 1, 2, 3, 4]);
const maskId = 4;
const size = 105;
const masking = maskingOf(0.15, maskId, special, size);

const sequenceOf = (ids: readonly number[]): Sequence => ({
  ids: Int32Array.from(ids),
  positions: Int32Array.from(ids.keys()),
});

const sequences = fc
  .array(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 60 })
  .map(ids => sequenceOf([2, ...ids]));

describe('maskSequence', () => {
  it('predicts the share of the tokens, rounded, at least one, and never a special one', () => {
    fc.assert(
      fc.property(sequences, fc.nat(), (sequence, seed) => {
        const { ids, places, targets, positions } = maskSequence(sequence, masking, seededRandom(seed));
        const ordinary = sequence.ids.filter(id => !special.has(id)).length;
        expect(places).toHaveLength(ordinary === 0 ? 0 : Math.max(1, Math.round(0.15 * ordinary)));
        expect([...places]).toEqual([...new Set(places)].sort((a, b) => a - b));
        expect([...targets]).toEqual([...places].map(place => sequence.ids[place]));
        expect([...targets].some(id => special.has(id))).toBe(false);
        expect(positions).toEqual(sequence.positions);
        // all other places read what stood there, and what replaces a token is the mask or text
        ids.forEach((id, place) => {
          if (!places.includes(place)) expect(id).toBe(sequence.ids[place]);
          else if (id !== maskId) expect(special.has(id)).toBe(false);
        });
      }),
    );
  });

  it('hides 80 % behind the mask, 10 % behind another token, and leaves 10 %', () => {
    const random = seededRandom(7);
    // 40 tokens: 6 places a sequence, 12,000 in all
    const sequence = sequenceOf([2, ...Array.from({ length: 40 }, (_, i) => 5 + i)]);
    const counts = { masked: 0, other: 0, same: 0 };
    for (let n = 0; n < 2000; n++) {
      const { ids, places, targets } = maskSequence(sequence, masking, random);
      places.forEach((place, i) => {
        if (ids[place] === maskId) counts.masked++;
        else if (ids[place] === targets[i]) counts.same++;
        else counts.other++;
      });
    }
    expect(counts.masked + counts.other + counts.same).toBe(12_000);
    // a random token is the same one by chance once in 100; five standard deviations of a binomial of 12,000
    const near = (count: number, share: number): void =>
      expect(Math.abs(count - 12_000 * share)).toBeLessThan(5 * Math.sqrt(12_000 * share * (1 - share)));
    near(counts.masked, 0.8);
    near(counts.other, 0.1 * 0.99);
    near(counts.same, 0.1 * 1.01);
  });

  it('chooses every place as often as any other', () => {
    const random = seededRandom(3);
    const sequence = sequenceOf([2, 10, 11, 12, 13]);
    const hits = [0, 0, 0, 0, 0];
    for (let n = 0; n < 8000; n++) for (const place of maskSequence(sequence, masking, random).places) hits[place]++;
    expect(hits[0]).toBe(0);
    for (const count of hits.slice(1)) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(8000 * 0.25 * 0.75));
  });

  it('is a function of the seed, and other masks come with another', () => {
    const sequence = sequenceOf([2, ...Array.from({ length: 50 }, (_, i) => 5 + i)]);
    const at = (seed: number) => maskSequence(sequence, masking, seededRandom(seed));
    expect(at(1)).toEqual(at(1));
    expect(at(1).places).not.toEqual(at(2).places);
    expect([...sequence.ids]).toEqual([2, ...Array.from({ length: 50 }, (_, i) => 5 + i)]);
  });

  it('keeps a mask token outside of the vocabulary apart from its tokens', () => {
    const outside = maskingOf(0.5, 8, new Set([0]), 8);
    expect([...outside.ordinary]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const ids = new Set<number>();
    for (let seed = 0; seed < 50; seed++)
      for (const id of maskSequence(sequenceOf([1, 2, 3, 4]), outside, seededRandom(seed)).ids) ids.add(id);
    expect(ids.has(8)).toBe(true);
    expect(Math.max(...ids)).toBe(8);
  });
});
