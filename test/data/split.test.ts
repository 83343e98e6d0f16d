import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkShares, createSplitKey, isBlank, queryId, queryKey, type Split, splitOf } from '../../data/split.js';

const shares = { train: 0.8, validation: 0.1, test: 0.1 };

describe('queryKey', () => {
  it('makes spellings of one query equal, and countries different', () => {
    expect(queryKey('  Cafe\u0301  AU\tlait ')).toBe('café au lait');
    expect(queryKey('café')).toBe(queryKey('CAFE\u0301'));
    expect(queryKey('cafe', 'FR')).toBe('cafe\tFR');
    expect(queryKey('cafe', 'FR')).not.toBe(queryKey('cafe', 'BE'));
  });
});

describe('the split key', () => {
  const splitKey = createSplitKey();

  it.each([
    ['garden hose', 'Hoses, GARDEN!'],
    ['crème brûlée', 'creme  brulee'],
    ['rug 9x15', '9 x 15 rugs'],
    ['ＷＩＦＩ router', 'wifi router'],
    // stop words alone still are a query
    ['to be or not', 'not or be to'],
  ])('of %j is that of %j, which towers cannot tell from it', (one, other) => {
    expect(splitKey(one)).toBe(splitKey(other));
  });

  it.each([
    ['garden hose', 'garden house'],
    ['hose', 'hose hose'],
    ['!!!', '???'],
  ])('of %j is not that of %j', (one, other) => {
    expect(splitKey(one)).not.toBe(splitKey(other));
  });
});

describe('isBlank', () => {
  it.each(['', ' ', '\t\n', '\u00a0', '\u3000', '\u200b', '\ufeff \u2060', '\u0000'])('%j shows nothing', text => {
    expect(isBlank(text)).toBe(true);
  });

  it.each(['a', '!', ' 😀 ', '\u200bx', 'ー'])('%j shows something', text => {
    expect(isBlank(text)).toBe(false);
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
