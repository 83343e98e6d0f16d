import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkShares, queryId, queryKey, type Split, splitOf } from '../../data/split.js';

const shares = { train: 0.8, validation: 0.1, test: 0.1 };

describe('queryKey', () => {
  it('makes spellings of one query equal, and countries different', () => {
    expect(queryKey('  Cafe\u0301  AU\tlait ')).toBe('café au lait');
    expect(queryKey('café')).toBe(queryKey('CAFE\u0301'));
    expect(queryKey('cafe', 'FR')).toBe('cafe\tFR');
    expect(queryKey('cafe', 'FR')).not.toBe(queryKey('cafe', 'BE'));
  });
});

describe('queryId', () => {
  it('is the first 12 digits of sha1 of the text, with the country after a tab', () => {
    // sha1('abc') is the first example of FIPS 180
    expect(queryId('abc')).toBe('a9993e364706');
    expect(queryId('abc', 'DE')).toBe(createHash('sha1').update('abc\tDE').digest('hex').slice(0, 12));
  });
});

describe('splitOf', () => {
  it('cuts [0, 1) into test, validation and train by the first 32 bits of sha1(seed, tab, key)', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1000), (key, seed) => {
        const at = createHash('sha1').update(`${seed}\t${key}`).digest().readUInt32BE(0) / 2 ** 32;
        const expected: Split = at < 0.1 ? 'test' : at < 0.2 ? 'validation' : 'train';
        expect(splitOf(key, shares, seed)).toBe(expected);
      }),
    );
  });

  it('gives each split about its share, and other queries with another seed', () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `query ${i}`);
    const test = new Set(keys.filter(key => splitOf(key, shares, 1) === 'test'));
    // binomial: n p = 1000, standard deviation 30
    expect(Math.abs(test.size - 1000)).toBeLessThan(150);
    const both = keys.filter(key => splitOf(key, shares, 2) === 'test' && test.has(key));
    expect(both.length).toBeLessThan(200);
  });

  it('gives a split of share 0 nothing and of share 1 everything', () => {
    for (const key of ['a', 'b', 'c', 'd'])
      expect(splitOf(key, { train: 0, validation: 1, test: 0 }, 1)).toBe('validation');
  });
});

describe('checkShares', () => {
  it('wants shares in [0, 1] that add up to 1', () => {
    expect(() => checkShares(shares)).not.toThrow();
    for (const bad of [
      { train: 0.8, validation: 0.1, test: 0.2 },
      { train: 1.1, validation: -0.1, test: 0 },
      { train: Number.NaN, validation: 0, test: 1 },
    ]) {
      expect(() => checkShares(bad)).toThrowError(expect.objectContaining({ code: 'config/bad-value' }));
    }
  });
});
