import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortingByBytes } from '../../src/lexical/sort-bytes.js';
import { TermNumbers } from '../../src/lexical/term-numbers.js';
import { finish } from '../../src/math/finish.js';

const sortedTerms = (terms: readonly string[]): string[] => {
  const numbers = new TermNumbers();
  const all = Uint32Array.from(terms, term => numbers.numberOf(term));
  return Array.from(finish(sortingByBytes(numbers.termBytes, all)), number => numbers.term(number));
};
const byBytes = (terms: readonly string[]): string[] =>
  [...terms].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe('sortingByBytes', () => {
  it('sorts as the bytes stand, also where the first five are the same', () => {
    const near = fc.stringMatching(/^[ab\0]{0,8}$/);
    const any = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(near, any)), terms => {
        expect(sortedTerms(terms)).toEqual(byBytes(terms));
      }),
    );
  });

  it('puts the runs of many together', () => {
    const terms = Array.from({ length: 70_000 }, (_, i) => ((i * 7919) % 70_001).toString(36));
    expect(sortedTerms(terms)).toEqual(byBytes(terms));
  });
});
