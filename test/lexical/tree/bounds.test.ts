import { describe, expect, it } from 'vitest';
import { encodeTerm } from '../../../src/lexical/term-bytes.js';
import { createTokenIndex, type TokenIndex } from '../../../src/lexical/token-index.js';
import { compareByCodePoints } from '../../../src/lexical/tree/prefix-terms.js';
import type { Query } from '../../../src/query/query.js';
import { searchTokens } from '../ask.js';

const words = (count: number, letter = 'w'): string =>
  Array.from({ length: count }, (_, i) => `${letter}${i}`).join(' ');
const indexOf = (...titles: string[]): TokenIndex => {
  const index = createTokenIndex({ bm25: { k1: 1, b: 0 }, fieldWeights: { title: 1 }, language: 'und' });
  titles.forEach((title, i) => {
    index.add({ id: String(i), title });
  });
  return index;
};
const search = (index: TokenIndex, query: Query): string[] =>
  searchTokens(index, { query, k: 5000 }).map(hit => hit.id);
const refused = expect.objectContaining({ code: 'request/invalid' });

describe('the bounds of a query', () => {
  it('let a long text keep its 1,024 heaviest words, and refuse to want more of them than that', () => {
    // w0 to w1499 each in a document of its own, w0 to w99 in a second one
    const index = indexOf(...words(1500).split(' '), words(100));
    const found = search(index, { bag: { text: words(1500) } });
    expect(found).toHaveLength(1024);
    expect(found).not.toContain('1500');
    expect(search(index, { bag: { text: words(100), operator: 'all' } })).toEqual(['1500']);
    expect(() => search(index, { bag: { text: words(1025), operator: 'all' } })).toThrow(refused);
    expect(() => search(index, { phrase: { text: words(1025) } })).toThrow(refused);
    const half: Query = { bag: { text: words(600) } };
    expect(() => search(index, { bool: { should: [half, half] } })).toThrow(refused);
    expect(searchTokens(index, { text: words(1500), k: 5000 })).toHaveLength(1024);
  });

  it('let a text look up its 64 heaviest words, and of the others as many as have 2^18 postings together', () => {
    const all = words(200).split(' ');
    const index = indexOf(...all, ...Array.from({ length: 3000 }, () => words(200)));
    // equally heavy, so in the order of the text: 64 of them, and then those that fit, each in 3,001 documents
    const most = 64 + Math.floor(2 ** 18 / 3001);
    const query: Query = { bag: { text: words(200) } };
    const found = search(index, { bool: { should: [query], mustNot: [{ phrase: { text: 'w0 w1' } }] } });
    expect(found.sort((a, b) => Number(a) - Number(b))).toEqual(all.slice(0, most).map((_, i) => String(i)));
    // clauses share them
    const leaves: Query[] = all.map(text => ({ bag: { text } }));
    const apart = search(index, { bool: { should: leaves, mustNot: [{ phrase: { text: 'w0 w1' } }] } });
    expect(apart).toHaveLength(most);
  });

  it('leave out the rarest terms of prefixes and fuzzy words first', () => {
    const index = indexOf(
      words(1000),
      ...Array.from({ length: 64 }, (_, i) => `p${String(i).padStart(2, '0')}`),
      'p07 p08',
    );
    // 1,000 words are written; of the 64 that begin with p there is room for 24, the two that stand twice among them
    const query: Query = { bool: { should: [{ bag: { text: words(1000) } }, { prefix: { text: 'p' } }] } };
    const found = search(index, query);
    expect(found).toHaveLength(1 + 24 + 1);
    expect(['0', '8', '9', '65'].every(id => found.includes(id))).toBe(true);
  });

  it('refuse many prefixes and fuzzy words, and deep nesting', () => {
    const index = indexOf('a');
    const many = (count: number): Query => ({
      bool: { should: Array.from({ length: count }, () => ({ fuzzy: { text: 'a' } })) },
    });
    expect(search(index, many(16))).toEqual(['0']);
    expect(() => search(index, many(17))).toThrow(refused);
    const nested = (depth: number): Query =>
      depth === 0 ? { bag: { text: 'a' } } : { bool: { must: [nested(depth - 1)] } };
    expect(search(index, nested(32))).toEqual(['0']);
    expect(() => search(index, nested(33))).toThrow(refused);
    expect(() => search(index, nested(5000))).toThrow(refused);
  });

  it('take hostile text in every leaf', () => {
    const hostile = [
      '',
      ' ',
      '\0',
      '\ud800',
      '\ud800x',
      '*'.repeat(1000),
      '"',
      'x'.repeat(100_000),
      '字'.repeat(500),
      '\u0301'.repeat(1000),
    ];
    const index = indexOf(...hostile, 'a\u{10ffff} b', '\ud83d\ude00');
    for (const text of [...hostile, '__proto__', 'constructor']) {
      const leaves: Query[] = [{ bag: { text } }, { phrase: { text, slop: 100 } }, { prefix: { text } }];
      for (const query of leaves) {
        expect(searchTokens(index, { query, k: 3 }).every(hit => hit.score > 0 && Number.isFinite(hit.score))).toBe(
          true,
        );
        expect(index.prepare({ query }).matching().count).toBe(search(index, query).length);
      }
    }
    expect(search(index, { fuzzy: { text: '\ud800', edits: 2 } })).toBeInstanceOf(Array);
    expect(search(index, { fuzzy: { text: 'x'.repeat(255), edits: 2 } })).toHaveLength(1);
    expect(() => search(index, { fuzzy: { text: '字 '.repeat(500) } })).toThrow(refused);
  });
});

describe('the order of terms', () => {
  it('is that of their bytes, also around surrogates', () => {
    const terms = [
      '',
      'a',
      'ab',
      'b',
      'é',
      '\ud800',
      '\ud800x',
      '\ud800\udc00',
      '\udc00',
      '\uffff',
      '\u{10ffff}',
      'a\ud800',
      'a\uffff',
    ];
    for (const a of terms) {
      for (const b of terms) {
        expect(Math.sign(compareByCodePoints(a, b))).toBe(Math.sign(Buffer.compare(encodeTerm(a), encodeTerm(b))));
      }
    }
  });
});
