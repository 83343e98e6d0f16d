import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readNumber,
  sortableNumber,
  valueIn,
  writtenValue,
} from '../../../../serving/backends/opensearch/attribute-values.js';
import { decodeEmbedding, encodeEmbedding } from '../../../../serving/backends/opensearch/encode-document.js';
import { fieldName, indexNames, writtenTerm } from '../../../../serving/backends/opensearch/names.js';
import { readTokenTexts, tokenTexts, wantedTerms } from '../../../../serving/backends/opensearch/token-texts.js';

describe('a number as text', () => {
  it('has the order of numbers, and is read as it was', () => {
    const number = fc.double({ noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [left, right] = [sortableNumber(a), sortableNumber(b)];
        expect(left < right).toBe(a + 0 < b + 0);
        expect(readNumber(left)).toBe(a + 0);
      }),
    );
    expect(sortableNumber(0)).toBe('8000000000000000');
    expect(sortableNumber(-0)).toBe(sortableNumber(0));
    expect(sortableNumber(1)).toBe('bff0000000000000');
    expect(sortableNumber(-1)).toBe('400fffffffffffff');
  });

  it('stands behind the path of its attribute', () => {
    expect(writtenValue('specs.width', 1)).toBe('specs.width\u0001bff0000000000000');
    expect(valueIn(writtenValue('brand', 'Bolt'))).toBe('Bolt');
    expect(writtenValue('on', true)).toBe('on\u0001true');
  });
});

describe('names', () => {
  it('of fields are different for different paths, and of signs that a mapping takes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(fieldName(a)).toMatch(/^[A-Za-z0-9_~-]+$/);
        expect(fieldName(a) === fieldName(b)).toBe(a === b);
      }),
    );
    expect(fieldName('specs.width')).toBe('specs~1a~width');
  });

  it('of indexes are those that a cluster takes', () => {
    expect(indexNames('shop').generation(3)).toBe('shop.generation-3');
    for (const name of ['', 'Shop', '_shop', 'a b', 'a/b', '*'])
      expect(() => indexNames(name)).toThrow(/index of a cluster/);
  });
});

describe('terms between spaces', () => {
  it('are read as they were', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), term => {
        const written = writtenTerm(term);
        expect(written).not.toMatch(/[\s|]/);
        expect(written).not.toBe('.');
        expect(readTokenTexts([written], wantedTerms([term]), 1)).toEqual({ terms: [term], positions: [0], length: 1 });
      }),
    );
  });

  it('keep their positions, several at one too, up to the distance between two texts', () => {
    const step = fc.record({
      term: fc.stringMatching(/^[a-z.|% ]{1,3}$/),
      distance: fc.integer({ min: 0, max: 1_003 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), steps => {
        let position = -1;
        const terms = steps.map(({ term }) => term);
        const positions = steps.map(({ distance }, i) => {
          position += i === 0 ? 1 + (distance % 3) : Math.min(distance, 1_000);
          return position;
        });
        const texts = tokenTexts(terms, positions);
        expect(readTokenTexts(texts, wantedTerms(terms), 7)).toEqual({ terms, positions, length: 7 });
        // so many that every word is looked up
        const many = Array.from({ length: 30 }, (_, i) => `other${i}`);
        expect(readTokenTexts(texts, wantedTerms([...many, ...terms]), 7)).toEqual({ terms, positions, length: 7 });
        // of some of them alone, whatever else begins or ends like them
        const some = new Set(terms.filter((_, i) => i % 2 === 0));
        const kept = steps.flatMap((_, i) => (some.has(terms[i]) ? [i] : []));
        expect(readTokenTexts(texts, wantedTerms(some), 7)).toEqual({
          terms: kept.map(i => terms[i]),
          positions: kept.map(i => positions[i]),
          length: 7,
        });
      }),
    );
    expect(tokenTexts(['wi', '-wifi', 'fi', 'red'], [0, 0, 1, 1_001])).toEqual(['wi|-wifi fi', 'red']);
    expect(tokenTexts(['a', 'b'], [0, 3])).toEqual(['a . . b']);
    expect(readTokenTexts(['a b', 'c'], wantedTerms(['a', 'c', 'x']), 3)).toEqual({
      terms: ['a', 'c'],
      positions: [0, 1_001],
      length: 3,
    });
  });
});

it('gives an embedding back to the bit', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, maxLength: 8 }), embedding => {
      expect(decodeEmbedding(encodeEmbedding(embedding))).toEqual(embedding);
    }),
  );
});
