import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editCost } from '../../src/text/edit-cost.js';

const points = (word: string): number[] => Array.from(word, letter => letter.codePointAt(0) as number);
const cost = (typed: string, meant: string): number => editCost(points(typed), points(meant));

describe('editCost', () => {
  it.each([
    ['the same', 'mouse', 'mouse', 0],
    ['swapped neighbours', 'mosue', 'mouse', 2],
    ['a doubled letter', 'mousse', 'mouse', 2],
    ['one of two letters left out', 'wireles', 'wireless', 2],
    ['a letter beside the one that was hit too', 'mouswe', 'mouse', 3.25],
    ['a letter left out', 'muse', 'mouse', 3.5],
    ['a neighbour on the keyboard', 'moyse', 'mouse', 3.5],
    ['another vowel', 'mause', 'mouse', 3.5],
    ['a consonant that sounds alike', 'mouce', 'mouse', 3.5],
    ['another letter too many', 'mouspe', 'mouse', 4],
    ['another letter', 'moule', 'mouse', 4.5],
    ['the first letter', 'xouse', 'mouse', 5.5],
    ['the first two swapped', 'omuse', 'mouse', 3],
    ['two of these', 'mosuee', 'mouse', 4],
    ['a neighbour on a Russian keyboard', 'мышц', 'мышу', 3.5],
    ['another Greek vowel', 'ποντηκι', 'ποντικι', 3.5],
  ])('%s', (_, typed, meant, expected) => {
    expect(cost(typed, meant)).toBe(expected);
  });

  it('is 2 for each edit at least, and 0 for the same word alone', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'e', 's'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        if (a === b) expect(cost(a, b)).toBe(0);
        else expect(cost(a, b)).toBeGreaterThanOrEqual(2 * Math.max(1, Math.abs(a.length - b.length)));
      }),
    );
  });
});
