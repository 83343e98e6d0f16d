import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestPiece, seedPieces } from '../../../models/tokenizer/seed-pieces.js';
import { orderSuffixes } from '../../../models/tokenizer/suffix-order.js';
import { packUnits } from '../../../models/tokenizer/units.js';

/**
 * The oracle, from the definition: substrings of 2..16 characters with a frequency of at least 2 that either continue in
 * different ways (the end of a unit and the length limit differ from everything) or are a whole unit's first 16 characters.
 */
function seedsByDefinition(entries: readonly (readonly [string, number])[]): Map<string, number> {
  const found = new Map<string, { frequency: number; next: Set<string>; whole: boolean }>();
  entries.forEach(([unit, count], u) => {
    const characters = [...unit];
    for (let from = 0; from < characters.length; from++) {
      const room = Math.min(longestPiece, characters.length - from);
      for (let length = 2; length <= room; length++) {
        const text = characters.slice(from, from + length).join('');
        const entry = found.get(text) ?? { frequency: 0, next: new Set<string>(), whole: false };
        entry.frequency += count;
        entry.next.add(length === room ? `end ${u} ${from}` : characters[from + length]);
        if (from === 0 && length === room) entry.whole = true;
        found.set(text, entry);
      }
    }
  });
  const kept = [...found].filter(([, { frequency, next, whole }]) => frequency >= 2 && (whole || next.size > 1));
  return new Map(kept.map(([text, { frequency }]) => [text, frequency]));
}

const unit = fc.array(fc.constantFrom('a', 'b', '𝒳'), { minLength: 1, maxLength: 24 }).map(parts => parts.join(''));
const entriesOf = fc.uniqueArray(fc.tuple(unit, fc.integer({ min: 1, max: 4 })), {
  minLength: 1,
  maxLength: 8,
  selector: entry => entry[0],
});

describe('orderSuffixes', () => {
  it('equals a plain sort by the first symbols', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 60 }), values => {
        const symbols = Int32Array.from(values);
        const key = (from: number): string => values.slice(from, from + 16).join('');
        const plain = values.map((_, i) => i).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a - b));
        expect([...orderSuffixes(symbols, 16)]).toEqual(plain);
      }),
    );
  });
});

describe('seedPieces', () => {
  it('finds banana by hand', () => {
    // ana, na, an stand twice in banana; an is always followed by a, so ana stands for it; na ends once and goes on once
    const seeds = seedPieces(packUnits([['banana', 1]]), 100);
    // banana itself stands there once
    expect(Object.fromEntries(seeds.map(({ text, score }) => [text, score]))).toEqual({ ana: 2, na: 2 });
  });

  it('counts a word of its own by its frequency in the corpus', () => {
    const seeds = seedPieces(packUnits([['▁milk', 7]]), 100);
    expect(seeds).toEqual([{ text: '▁milk', score: 7 }]);
  });

  it('equals the definition', () => {
    fc.assert(
      fc.property(entriesOf, entries => {
        const seeds = seedPieces(packUnits(entries), 10_000);
        expect(new Map(seeds.map(({ text, score }) => [text, score]))).toEqual(seedsByDefinition(entries));
        expect(new Set(seeds.map(({ text }) => text)).size).toBe(seeds.length);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the ones with the greatest frequency times length', () => {
    const units = packUnits([
      ['aaa', 5],
      ['cc', 6],
    ]);
    // aa 2 * 5 * 2 = 20, aaa 5 * 3 = 15, cc 6 * 2 = 12
    expect(seedPieces(units, 2)).toEqual([
      { text: 'aa', score: 10 },
      { text: 'aaa', score: 5 },
    ]);
  });
});
