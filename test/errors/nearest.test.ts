import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../src/errors/nearest.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['serach', 'search', 1],
    ['ab', 'ba', 1],
    // not the unrestricted distance (2): a swapped pair is not edited again
    ['ca', 'abc', 3],
  ])('%s -> %s is %i', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it('is symmetric, zero for equal words only, and at most the longer length', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('nearest', () => {
  const known = ['train', 'trace', 'index'];

  it('finds the nearest, and nothing when all are far', () => {
    expect(nearest('trian', known)).toBe('train');
    expect(nearest('indx', known)).toBe('index');
    expect(nearest('serve', known)).toBeUndefined();
    expect(nearest('', known)).toBeUndefined();
  });

  it('asks', () => {
    expect(didYouMean('tran', known)).toBe(' (did you mean "train"?)');
    expect(didYouMean('zzzzz', known)).toBe('');
  });
});
