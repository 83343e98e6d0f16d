import { describe, expect, it } from 'vitest';
import { keptQueries } from '../../src/lexical/kept-queries.js';
import { knownTerms } from '../../src/lexical/known-terms.js';
import type { PreparedQuery } from '../../src/lexical/prepared-query.js';
import type { Question } from '../../src/lexical/question.js';
import type { SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';

const shop = () => {
  const index = createTokenIndex({
    fieldWeights: { title: 1 },
    bm25: { k1: 1, b: 0.5 },
    language: 'en',
    spelling: true,
    proximity: true,
  });
  const titles = ['red garden hose', 'garden hose reel', 'blue kettle', 'kettle descaler'];
  for (const [i, title] of titles.entries()) index.add({ id: `d${i}`, title });
  return index;
};

/** A keeper over an index whose state is a number, and the questions that were prepared. */
function counting() {
  const { prepare } = shop();
  const prepared: Question[] = [];
  const state = { version: 0 };
  const watch = () => {
    const { version } = state;
    return () => state.version === version;
  };
  const ask = keptQueries({ watch }, question => {
    prepared.push(question);
    return prepare(question);
  });
  return { ask, prepared, state };
}

describe('prepared queries', () => {
  it('are prepared once for a text in a language', () => {
    const { ask, prepared } = counting();
    const first = ask({ text: 'garden hose' });
    expect(ask({ text: 'garden hose', filter: [], functions: [] })).toBe(first);
    expect(ask({ text: 'garden hose', language: 'de' })).not.toBe(first);
    expect(ask({ text: 'garden' })).not.toBe(first);
    expect(ask({ text: 'garden hose', spelling: false })).not.toBe(first);
    expect(prepared).toHaveLength(4);
  });

  it('are prepared again when something was written', () => {
    const { ask, prepared, state } = counting();
    ask({ text: 'garden hose' });
    state.version++;
    ask({ text: 'garden hose' });
    expect(prepared).toHaveLength(2);
    ask({ text: 'garden hose' });
    expect(prepared).toHaveLength(2);
  });

  it.each<[string, Partial<Question>]>([
    ['a filter', { filter: [{ terms: { field: 'id', values: ['d0'] } }] }],
    ['weights', { fieldWeights: { title: 2 } }],
    ['functions', { functions: [{ saturation: { field: 'sales', pivot: 2 } }] }],
    ['a moment', { now: 0 }],
    ['terms in place of its text', { tokens: ['hose'] }],
    ['no terms in place of its text', { tokens: [] }],
  ])('are not kept with %s', (_name, beside) => {
    const { ask, prepared } = counting();
    for (let i = 0; i < 2; i++) ask({ text: 'hose', ...beside } as Question);
    expect(prepared).toHaveLength(2);
  });

  it('go, those asked for least of late first, when they take too many bytes', () => {
    const { ask, prepared } = counting();
    // 8,192 bytes and 256 for each of 4,096 units and the two spaces before them, of 32 MiB
    const fit = Math.floor(2 ** 25 / (2 ** 13 + 256 * 4098));
    const text = (i: number) => `${i} `.padEnd(4096, 'x');
    for (let i = 0; i < fit; i++) ask({ text: text(i) });
    ask({ text: text(0) });
    expect(prepared).toHaveLength(fit);
    ask({ text: text(fit) });
    ask({ text: text(0) });
    expect(prepared).toHaveLength(fit + 1);
    ask({ text: text(1) });
    expect(prepared).toHaveLength(fit + 2);
  });

  it('find what was written between two answers, and what a new word mends', () => {
    const index = shop();
    const ids = (text: string, query: PreparedQuery = index.prepare({ text })) =>
      query.search({ k: 10 }).map(({ id }) => id);
    expect(ids('gardn hose')).toEqual(['d0', 'd1']);
    expect(ids('gardn hose')).toEqual(['d0', 'd1']);
    index.remove('d0');
    index.add({ id: 'd9', title: 'gardn hose' });
    expect(ids('gardn hose')).toEqual(['d9', 'd1']);
    index.flush();
    expect(ids('gardn hose')).toEqual(['d9', 'd1']);
  });
});

describe('what is known of terms', () => {
  /** Segments that count how often they are asked for a term. */
  function counted(): { segments: SegmentReader[]; asked: () => number } {
    let asked = 0;
    const index = shop();
    const segments = index.segments().map(
      (segment): SegmentReader =>
        Object.assign(Object.create(segment), {
          documentFrequency: (term: string) => {
            asked++;
            return segment.documentFrequency(term);
          },
          postings: (term: string) => {
            asked++;
            return segment.postings(term);
          },
        }),
    );
    return { segments, asked: () => asked };
  }

  it('is looked up once', () => {
    const { segments, asked } = counted();
    const terms = knownTerms(segments);
    const all = () => [
      terms.df('garden'),
      terms.df('nowhere'),
      terms.together(['garden', 'hose'], 10, 10),
      terms.together(['hose', 'garden'], 10, 10),
      terms.shared('garden', 'hose', 10),
      terms.shared('garden', 'hose', 1),
    ];
    const first = all();
    // d0 and d1 hold both, in this order alone
    expect(first).toEqual([
      2,
      0,
      { found: 2, looked: 2 },
      { found: 0, looked: 2 },
      { found: 2, looked: 2 },
      { found: 1, looked: 1 },
    ]);
    const before = asked();
    expect(all()).toEqual(first);
    expect(asked()).toBe(before);
  });

  it('tells terms apart whatever is in them', () => {
    const { segments } = counted();
    const terms = knownTerms(segments);
    expect(terms.shared('garden', 'hose', 10).found).toBe(2);
    expect(terms.shared('gardenhose', '', 10).found).toBe(0);
    expect(terms.shared('gard', 'enhose', 10).found).toBe(0);
  });
});
