import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixTerms } from '../../src/lexical/sorted-terms.js';
import { compareBytes, decodeTerm, encodeTerm, sortTerms } from '../../src/lexical/term-bytes.js';
import { dictionaryOf } from './dictionary.js';

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
          expect(compareBytes(bytes, bytes.length, bytes, 0, bytes.length)).toBe(0);
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
          expect(dictionary.find(term)).toBe(i);
          expect(dictionary.term(i)).toBe(term);
        });
        expect(dictionary.find(other)).toBe(sorted.indexOf(other));
        expect([...prefixTerms(dictionary, other)]).toEqual(sorted.filter(term => term.startsWith(other)));
      }),
    );
  });
});
