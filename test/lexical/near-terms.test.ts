import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editsWithin } from '../../src/lexical/edit-distance.js';
import type { GrowingArray } from '../../src/lexical/growing-array.js';
import { MemorySegment } from '../../src/lexical/memory-segment.js';
import { NearTerms, pointsOf } from '../../src/lexical/near-terms.js';
import { StoredSegment } from '../../src/lexical/stored-segment.js';
import { sortTerms } from '../../src/lexical/term-bytes.js';
import { dictionaryOf } from './dictionary.js';
import { editCount } from './edit-count.js';

/** Few letters, so that near words are common; beside them what UTF-8 writes in two, three and four bytes, and half of a pair. */
const letter = fc.constantFrom('a', 'b', 'c', 'd', 'é', '字', '😀', '\ufffd', '\ud800');
const word = fc.array(letter, { maxLength: 7 }).map(letters => letters.join(''));
const distance = fc.constantFrom(0, 1, 2);

describe('editsWithin', () => {
  const within = (a: string, b: string, most: number): boolean => {
    const [left, right] = [pointsOf(a), pointsOf(b)];
    return editsWithin(left.data, left.length, right.data, right.length, most);
  };

  it.each([
    ['hammer', 'hammer', 0],
    ['hammer', 'hamer', 1],
    ['hammer', 'hammers', 1],
    ['hammer', 'hanmer', 1],
    ['hammer', 'hmamer', 1],
    ['hammer', 'hmmaer', 2],
    ['hammer', 'mahmer', 2],
    // a part that was swapped is not edited again: Damerau would say 2
    ['ca', 'abc', 3],
    ['', 'ab', 2],
  ])('%s and %s are %d apart', (a, b, edits) => {
    for (const most of [0, 1, 2]) {
      expect(within(a, b, most)).toBe(edits <= most);
      expect(within(b, a, most)).toBe(edits <= most);
    }
  });

  it('equals the whole table', () => {
    fc.assert(
      fc.property(word, word, distance, (a, b, most) => {
        expect(within(a, b, most)).toBe(editCount(a, b) <= most);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('near terms', () => {
  it('are those of a scan of the whole dictionary, in its order', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), word, distance, (terms, wanted, most) => {
        const { sorted, dictionary } = dictionaryOf(terms);
        expect(dictionary.near(wanted, most)).toEqual(sorted.filter(term => editCount(term, wanted) <= most));
      }),
      { numRuns: 500 },
    );
  });

  it('are found for a word that was edited at random', () => {
    const edited = fc.tuple(word, fc.nat(), fc.nat(), letter).map(([whole, kind, where, other]) => {
      const points = Array.from(whole);
      const at = where % (points.length + 1);
      if (kind % 3 === 0) points.splice(at, 0, other);
      else if (kind % 3 === 1) points.splice(at, 1);
      else if (at < points.length) points[at] = other;
      return { whole, near: points.join('') };
    });
    fc.assert(
      fc.property(edited, fc.array(word), ({ whole, near }, others) => {
        expect(dictionaryOf([whole, ...others]).dictionary.near(near, 1)).toContain(whole);
      }),
    );
  });

  it('are few to be measured: the letters rule the others out', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => (i * 7919).toString(36).padStart(8, 'hammer'));
    const near = new NearTerms();
    names.forEach((name, i) => {
      near.add(i, pointsOf(name));
    });
    let measured = 0;
    const read = (name: number, into: GrowingArray): void => {
      measured++;
      pointsOf(names[name], into);
    };
    expect(near.find(names[5000], 1, read)).toContain(5000);
    expect(measured).toBeLessThan(names.length / 50);
  });
});

describe('fuzzy of a segment', () => {
  const tokens = (terms: readonly string[]) => [terms.map((term, position) => ({ term, position }))];
  const nonEmpty = word.filter(term => term !== '');

  it('is the same in memory as on disk, and follows what comes and goes', () => {
    const step = fc.record({ id: fc.nat({ max: 4 }), terms: fc.array(nonEmpty, { maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), nonEmpty, distance, (steps, wanted, most) => {
        const segment = new MemorySegment(1);
        const live = new Map<string, readonly string[]>();
        for (const { id, terms } of steps) {
          const slot = segment.find(String(id));
          if (slot >= 0) segment.remove(slot);
          segment.add(String(id), tokens(terms));
          live.set(String(id), terms);
          const known = sortTerms(new Set([...live.values()].flat()));
          const expected = known.filter(term => editCount(term, wanted) <= most);
          expect(segment.fuzzy(wanted, most)).toEqual(expected);
          expect(new StoredSegment(segment.write()).fuzzy(wanted, most)).toEqual(expected);
        }
      }),
    );
  });

  it('reads long words and long dictionaries', () => {
    const long = 'x'.repeat(255);
    const { dictionary, sorted } = dictionaryOf([long, `${long}y`, ...Array.from({ length: 300 }, (_, i) => `w${i}`)]);
    expect(dictionary.near(`${long}y`, 1)).toEqual([long, `${long}y`]);
    expect(dictionary.near('w7', 1)).toEqual(sorted.filter(term => editCount(term, 'w7') <= 1));
  });
});
