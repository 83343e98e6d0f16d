import { describe, expect, it } from 'vitest';
import { vocabularyOf } from '../../src/lexical/index-vocabulary.js';
import { knownTerms } from '../../src/lexical/known-terms.js';
import type { PostingIterator, SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { finish } from '../../src/math/finish.js';
import { seededRandom } from '../../src/math/random.js';
import { unitsOfTurn } from '../../src/search/turns.js';
import { type Analyzer, createAnalyzer } from '../../src/text/analyzer.js';
import { expandQuery } from '../../src/text/expand-query.js';

const expand = (...asked: Parameters<typeof expandQuery>) => finish(expandQuery(...asked));

const random = seededRandom(7);
const word = (units: number): string =>
  Array.from({ length: units }, () => String.fromCharCode(97 + random.below(26))).join('');
const text = (words: number, units: number): string => Array.from({ length: words }, () => word(units)).join(' ');

/** What mending a text takes: units analysed, look-ups of near terms, of beginnings and of terms. */
function workOf(query: string): { analysed: number; near: number; begun: number; looked: number } {
  const work = { analysed: 0, near: 0, begun: 0, looked: 0 };
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
    words: {
      ...segment.words,
      count: 0,
      *learning() {},
      near: () => {
        work.near++;
        return [];
      },
      frequent: () => {
        work.begun++;
        return [];
      },
    },
  });
  expand(
    query,
    plain.analyze(query),
    analyzer,
    vocabularyOf(knownTerms([counted]), () => 1, 1),
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
    const { analysed, near, begun, looked } = workOf(query);
    expect(begun).toBeLessThanOrEqual(16);
    expect(near).toBeLessThanOrEqual(32);
    expect(analysed).toBeLessThanOrEqual(64 * mostOfOne.analysed);
    // beyond the words that are mended one look-up each
    expect(looked).toBeLessThanOrEqual(64 * mostOfOne.looked + 2000);
    const more = workOf(`${query} ${text(4000, units)}`);
    expect([more.near, more.analysed]).toEqual([near, analysed]);
  });

  it('looks into so many documents for words that stand beside each other', () => {
    const index = createTokenIndex({ fieldWeights: { title: 1 }, bm25: { k1: 1, b: 0.5 }, language: 'en' });
    for (let i = 0; i < 3000; i++) index.add({ id: `d${i}`, title: i % 3 === 0 ? 'wireless mouse' : 'mouse pad' });
    let steps = 0;
    const counted = index.segments().map((segment): SegmentReader => {
      const postings = (term: string): PostingIterator | undefined => {
        const found = segment.postings(term);
        return (
          found &&
          Object.assign(Object.create(found), {
            next: () => {
              steps++;
              return found.next();
            },
            advance: (to: number) => found.advance(to),
          })
        );
      };
      return Object.assign(Object.create(segment), { postings });
    });
    const { sharing } = vocabularyOf(knownTerms(counted), () => 1, 3000);
    // a thousand documents hold both, estimated from the first 512 of them
    expect(sharing('wireless', 'mous')).toBe(1000);
    expect(steps).toBeLessThanOrEqual(513 * counted.length);
    for (let i = 0; i < 200; i++) sharing('mous', 'wireless');
    expect(steps).toBeLessThanOrEqual(2 ** 15 + 201 * counted.length);
    expect(sharing('wireless', 'mous')).toBe(0);
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

describe('the words of a large index', () => {
  it('are all known to the first query that has one mistyped, and learnt in turns', async () => {
    // more words than are learnt in one go, and the one that is meant among the last of them
    const words = Array.from({ length: 70_000 }, (_, i) => `a${i.toString(36).padStart(5, 'k')}`);
    const titles = Array.from({ length: 1_000 }, (_, i) => words.slice(70 * i, 70 * (i + 1)).join(' '));
    const index = createTokenIndex({
      fieldWeights: { title: 1 },
      bm25: { k1: 1, b: 0.5 },
      language: 'und',
      spelling: true,
    });
    [...titles, ...Array.from({ length: 9 }, () => 'zebra wardrobe')].forEach((title, i) => {
      index.add({ id: String(i), title });
    });
    await index.compact();
    const prepared = index.prepare({ text: 'zebra wardobre' });
    let [turns, longest] = [0, 0];
    for (const work = prepared.warming(); ; turns++) {
      const step = work.next();
      if (step.done) break;
      longest = Math.max(longest, step.value);
    }
    expect(prepared.mended().map(({ word }) => word)).toContain('wardrobe');
    expect(turns).toBeGreaterThan(10);
    expect(longest).toBeLessThanOrEqual(unitsOfTurn);
    // once: nothing is left to be done before another
    expect([...index.prepare({ text: 'zebra wardrob' }).warming()]).toEqual([]);
  });
});
