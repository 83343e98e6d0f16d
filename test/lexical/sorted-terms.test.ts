import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzyTerms, prefixTerms } from '../../src/lexical/sorted-terms.js';
import { compareBytes, decodeTerm, encodeTerm, sortTerms } from '../../src/lexical/term-bytes.js';
import { TermDictionary } from '../../src/lexical/term-dictionary.js';

function dictionaryOf(terms: Iterable<string>): { sorted: string[]; dictionary: TermDictionary } {
  const sorted = sortTerms(new Set(terms));
  const bytes = sorted.map(encodeTerm);
  let end = 0;
  const ends = Uint32Array.from(bytes, term => {
    end += term.length;
    return end;
  });
  return { sorted, dictionary: new TermDictionary(Uint8Array.from(bytes.flatMap(term => [...term])), ends) };
}

/** Optimal string alignment distance as it stands in the textbook, the whole table every time. */
function distance(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    b.concat('').map((_b, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      table[i][j] = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.length][b.length];
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '字', '😀', '\ufffd'), maxLength: 6 });
const anything = fc.string({ unit: 'binary', maxLength: 5 });

describe('the bytes of terms', () => {
  it('are UTF-8', () => {
    for (const term of ['', 'plain', 'é字😀\u{10ffff}']) {
      expect(Buffer.from(encodeTerm(term))).toEqual(Buffer.from(term, 'utf8'));
    }
    expect([...encodeTerm('\ud800')]).toEqual([0xed, 0xa0, 0x80]);
  });

  it('give the term back, and sort as code points do', () => {
    const term = fc.oneof(
      anything,
      fc.array(fc.integer({ min: 0, max: 0xffff })).map(u => String.fromCharCode(...u)),
    );
    fc.assert(
      fc.property(fc.array(term), terms => {
        for (const each of terms) {
          const bytes = encodeTerm(each);
          expect(decodeTerm(bytes, 0, bytes.length)).toBe(each);
          expect(compareBytes(bytes, bytes, 0, bytes.length)).toBe(0);
        }
        const byBytes = [...terms].sort((a, b) => Buffer.compare(encodeTerm(a), encodeTerm(b)));
        expect(sortTerms(terms)).toEqual(byBytes);
      }),
    );
    expect(sortTerms(['😀', '\ufffd'])).toEqual(['\ufffd', '😀']);
  });
});

describe('TermDictionary', () => {
  it('finds its terms and no others, and lists those of a prefix in order', () => {
    fc.assert(
      fc.property(fc.array(word), word, (terms, other) => {
        const { sorted, dictionary } = dictionaryOf(terms);
        sorted.forEach((term, i) => {
          expect(dictionary.find(encodeTerm(term))).toBe(i);
          expect(dictionary.term(i)).toBe(term);
        });
        expect(dictionary.find(encodeTerm(other))).toBe(sorted.indexOf(other));
        expect([...prefixTerms(dictionary, other)]).toEqual(sorted.filter(term => term.startsWith(other)));
      }),
    );
  });
});

describe('fuzzyTerms', () => {
  it('finds one edit of every kind', () => {
    const { dictionary } = dictionaryOf(['hammer', 'hamer', 'hammers', 'hanmer', 'hmamer', 'hmmaer', 'drill']);
    expect([...fuzzyTerms(dictionary, 'hammer', 0)]).toEqual(['hammer']);
    expect([...fuzzyTerms(dictionary, 'hammer', 1)]).toEqual(['hamer', 'hammer', 'hammers', 'hanmer', 'hmamer']);
  });

  it('equals measuring every term', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), word, fc.constantFrom(0, 1, 2), (terms, wanted, most) => {
        const { sorted, dictionary } = dictionaryOf(terms);
        const within = sorted.filter(term => distance(term, wanted) <= most);
        expect([...fuzzyTerms(dictionary, wanted, most)]).toEqual(within);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves most of a large dictionary unread', () => {
    const terms = Array.from({ length: 20_000 }, (_, i) => (i * 7919).toString(26).padStart(4, 'x'));
    const { dictionary, sorted } = dictionaryOf(terms);
    let read = 0;
    const counting = {
      count: dictionary.count,
      term: (i: number) => {
        read++;
        return dictionary.term(i);
      },
      lowerBound: (term: string) => dictionary.lowerBound(term),
    };
    const found = [...fuzzyTerms(counting, sorted[5000], 1)];
    expect(found).toContain(sorted[5000]);
    expect(read).toBeLessThan(sorted.length / 5);
  });
});
