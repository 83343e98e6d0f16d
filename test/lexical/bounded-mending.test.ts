import { describe, expect, it } from 'vitest';
import { vocabularyOf } from '../../src/lexical/index-vocabulary.js';
import type { SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { finish } from '../../src/math/finish.js';
import { seededRandom } from '../../src/math/random.js';
import { type Analyzer, createAnalyzer } from '../../src/text/analyzer.js';
import { expandQuery } from '../../src/text/expand-query.js';

const expand = (...asked: Parameters<typeof expandQuery>) => finish(expandQuery(...asked));

const random = seededRandom(7);
const word = (units: number): string =>
  Array.from({ length: units }, () => String.fromCharCode(97 + random.below(26))).join('');
const text = (words: number, units: number): string => Array.from({ length: words }, () => word(units)).join(' ');

/** What mending a text takes: units analysed, look-ups of near terms and of terms. */
function workOf(query: string): { analysed: number; near: number; looked: number } {
  const work = { analysed: 0, near: 0, looked: 0 };
  const plain = createAnalyzer('en');
  const analyzer: Analyzer = {
    ...plain,
    analyze: of => {
      work.analysed += of.length;
      return plain.analyze(of);
    },
    onlyTerm: of => {
      work.analysed += of.length;
      return plain.onlyTerm(of);
    },
  };
  const [segment] = createTokenIndex({
    fieldWeights: { title: 1 },
    bm25: { k1: 1, b: 0.5 },
    language: 'en',
  }).segments();
  const counted: SegmentReader = Object.assign(Object.create(segment), {
    documentFrequency: () => {
      work.looked++;
      return 0;
    },
    fuzzy: () => {
      work.near++;
      return [];
    },
  });
  expand(
    query,
    plain.analyze(query),
    analyzer,
    vocabularyOf([counted], () => 1),
  );
  return work;
}

describe('the work of mending a query', () => {
  // a word of 32 units has 31 cuts, whose halves are 32 units together, and the tries of cut-word.ts
  const mostOfOne = { analysed: 31 * 32 + 512 * 32, looked: 2 * 31 + 1024 };

  it.each([
    ['long words', 254],
    ['words that are just cut', 32],
    ['words with two edits', 9],
    ['words with one edit', 5],
    ['short words', 2],
  ])('ends with the words that are mended: %s', (_name, units) => {
    const query = text(2000, units);
    const { analysed, near, looked } = workOf(query);
    expect(near).toBeLessThanOrEqual(64);
    expect(analysed).toBeLessThanOrEqual(64 * mostOfOne.analysed);
    // beyond the words that are mended one look-up each
    expect(looked).toBeLessThanOrEqual(64 * mostOfOne.looked + 2000);
    const more = workOf(`${query} ${text(4000, units)}`);
    expect([more.near, more.analysed]).toEqual([near, analysed]);
  });

  it('is one for all texts of a query', () => {
    const index = createTokenIndex({
      fieldWeights: { title: 1 },
      bm25: { k1: 1, b: 0.5 },
      language: 'en',
      spelling: true,
    });
    for (let i = 0; i < 5; i++) index.add({ id: `d${i}`, title: 'mittens umbrella' });
    const find = (texts: readonly string[]): number =>
      index
        .prepare({ query: { bool: { should: [...texts, 'umbrela'].map(of => ({ bag: { text: of } })) } } })
        .search({ k: 1 })[0]?.score ?? 0;
    const alone = find([]);
    expect(alone).toBeGreaterThan(0);
    // the last clause is no longer corrected where those before it took all the look-ups
    expect(find(Array.from({ length: 8 }, () => text(16, 12)))).toBe(0);
  });
});
