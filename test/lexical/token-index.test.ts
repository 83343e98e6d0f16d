import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex, type TokenIndex, type TokenIndexOptions } from '../../src/lexical/token-index.js';
import { searchTokens } from './ask.js';
import { naiveSearch } from './naive-index.js';

const options: TokenIndexOptions = {
  bm25: { k1: 1, b: 0.5 },
  fieldWeights: { title: 1, description: 0.5 },
  language: 'und',
};
const indexOf = (...documents: DocumentRow[]): TokenIndex => {
  const index = createTokenIndex(options);
  for (const document of documents) index.add(document);
  return index;
};
const ids = (index: TokenIndex, text: string, k = 10): string[] => searchTokens(index, { text, k }).map(hit => hit.id);

describe('TokenIndex', () => {
  it('gives BM25F worked by hand', () => {
    const index = indexOf(
      { id: 'a', title: 'red red hat', description: 'warm hat' },
      { id: 'b', title: 'hat' },
      { id: 'c', title: 'blue shoe', description: 'a shoe like no other' },
    );
    // Titles are 3, 1 and 2 long: average 2. Descriptions 2 and 5 (b has none): average 3.5.
    // hat: df 2 of N 3, idf = ln(1 + 1.5 / 2.5) = ln 1.6
    // a: title 1 / (.5 + .5 * 3/2) = 1 / 1.25 = .8; description .5 / (.5 + .5 * 2/3.5) = .5 / (11/14) = 7/11; b: 1 / (.5 + .25) = 4/3
    const a = 0.8 + 7 / 11;
    const hits = searchTokens(index, { text: 'hat', k: 10 });
    expect(hits.map(hit => hit.id)).toEqual(['a', 'b']);
    expect(hits[0].score).toBeCloseTo((Math.log(1.6) * a) / (1 + a), 12);
    expect(hits[1].score).toBeCloseTo((Math.log(1.6) * (4 / 3)) / (1 + 4 / 3), 12);
    // red: df 1, idf = ln(1 + 2.5 / 1.5); tf 2 in a's title: x = 1.6
    expect(searchTokens(index, { text: 'red', k: 1 })[0].score).toBeCloseTo((Math.log(8 / 3) * 1.6) / 2.6, 12);
    // asked twice, counted twice
    expect(searchTokens(index, { text: 'red RED', k: 1 })[0].score).toBeCloseTo((2 * Math.log(8 / 3) * 1.6) / 2.6, 12);
  });

  it('equals the naive model through any sequence of additions, replacements and removals', () => {
    const word = fc.constantFrom('red', 'blue', 'hat', 'shoe', 'running', 'runs', '红色', 'Häuser', 'Haus', 'the');
    const text = fc.array(word, { maxLength: 6 }).map(words => words.join(' '));
    const id = fc.constantFrom('a', 'b', 'B', 'é', '\ud800', '1', '10', '2');
    const language = fc.constantFrom(undefined, 'en', 'de', 'zh');
    const action = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('add' as const),
          id,
          title: text,
          description: fc.option(text, { nil: undefined }),
          language,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), id }) },
    );
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 40 }),
        text,
        language,
        fc.integer({ min: 1, max: 10 }),
        (actions, query, tag, k) => {
          const index = createTokenIndex(options);
          const model = new Map<string, DocumentRow>();
          for (const step of actions) {
            if (step.kind === 'remove') expect(index.remove(step.id)).toBe(model.delete(step.id));
            else {
              const { kind: _, ...document } = step;
              index.add(document);
              model.set(document.id, document);
            }
          }
          expect(index.size).toBe(model.size);
          const language = index.prepare({ text: query, language: tag }).language();
          const wanted = naiveSearch(model, options, { text: query, language, k });
          const found = searchTokens(index, { text: query, language: tag, k: 100 });
          const scores = new Map(wanted.map(hit => [hit.id, hit.score]));
          expect(new Set(found.map(hit => hit.id))).toEqual(new Set(scores.keys()));
          for (const hit of found) expect(hit.score).toBeCloseTo(scores.get(hit.id) ?? Number.NaN, 10);
          for (let i = 1; i < found.length; i++) {
            const [before, after] = [found[i - 1], found[i]];
            expect(before.score > after.score || (before.score === after.score && before.id < after.id)).toBe(true);
          }
          expect(searchTokens(index, { text: query, language: tag, k })).toEqual(found.slice(0, k));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('forgets what was removed to the last bit, also after squeezing out many dead documents', () => {
    const document = (i: number): DocumentRow => ({ id: `d${i}`, title: `word${i % 7} word${i % 11} common` });
    const fresh = createTokenIndex(options);
    const used = createTokenIndex(options);
    for (let i = 0; i < 6000; i++) used.add({ id: `d${i}`, title: 'something else entirely common' });
    for (let i = 0; i < 6000; i += 3) used.add(document(i));
    for (let i = 0; i < 6000; i++) if (i % 3 !== 0) used.remove(`d${i}`);
    for (let i = 0; i < 6000; i += 3) fresh.add(document(i));
    expect(used.size).toBe(2000);
    for (const text of ['word3 word5', 'common', 'else']) {
      expect(searchTokens(used, { text, k: 5000 })).toEqual(searchTokens(fresh, { text, k: 5000 }));
    }
    expect(used.remove('d1')).toBe(false);
  });

  it('asks accept for ids and gives the best of those that it lets through', () => {
    const index = indexOf({ id: 'a', title: 'hat' }, { id: 'b', title: 'hat hat' }, { id: 'c', title: 'hat shoe' });
    const all = searchTokens(index, { text: 'hat', k: 3 });
    const wanted = all.filter(hit => hit.id !== 'b').slice(0, 1);
    expect(searchTokens(index, { text: 'hat', k: 1, accept: id => id !== 'b' })).toEqual(wanted);
  });

  it('stays whole when accept throws, and when accept searches too', () => {
    const index = indexOf({ id: 'a', title: 'red hat' }, { id: 'b', title: 'hat' });
    const before = searchTokens(index, { text: 'red hat', k: 5 });
    const refuse = (): boolean => {
      throw new Error('no');
    };
    expect(() => searchTokens(index, { text: 'hat', k: 5, accept: refuse })).toThrow('no');
    expect(searchTokens(index, { text: 'red hat', k: 5 })).toEqual(before);
    const nested = searchTokens(index, { text: 'red hat', k: 5, accept: () => ids(index, 'red')[0] === 'a' });
    expect(nested).toEqual(before);
  });

  it('analyses by the language of the document and of the query', () => {
    const index = indexOf(
      { id: 'de', title: 'Häuser', language: 'de' },
      { id: 'en', title: 'running', language: 'en_US' },
      { id: 'empty', title: 'running', language: '' },
    );
    expect(searchTokens(index, { text: 'Haus', language: 'de-CH', k: 5 }).map(hit => hit.id)).toEqual(['de']);
    expect(searchTokens(index, { text: 'runs', language: 'en', k: 5 }).map(hit => hit.id)).toEqual(['en']);
    // `en` is found by what the chain of the index makes of its word
    expect(ids(index, 'running').sort()).toEqual(['empty', 'en']);
    expect(ids(index, 'Häuser')).toEqual(['de']);
  });

  it('reads lists of strings and numbers as text, and nothing from the prototype', () => {
    const index = createTokenIndex({ ...options, fieldWeights: { tags: 1, price: 1, constructor: 1 } });
    index.add({ id: 'a', title: 'unseen', tags: ['red hat', 7, { an: 'object' }], price: 12.5 });
    expect(['red', '7', '12.5', 'object'].map(text => ids(index, text))).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(['unseen', 'function'].map(text => ids(index, text))).toEqual([[], []]);
  });

  it('leaves out a field of weight 0', () => {
    const index = createTokenIndex({ ...options, fieldWeights: { title: 1, description: 0 } });
    index.add({ id: 'a', title: 'hat', description: 'warm' });
    expect(ids(index, 'warm')).toEqual([]);
  });

  it('refuses bad options and bad calls with the documented error, and changes nothing', () => {
    const refused =
      (change: Partial<TokenIndexOptions>): (() => TokenIndex) =>
      () =>
        createTokenIndex({ ...options, ...change });
    expect(refused({ bm25: { k1: -1, b: 0 } })).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
    expect(refused({ fieldWeights: { title: -1 } })).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
    expect(refused({ fieldWeights: { title: Number.NaN } })).toThrow(
      expect.objectContaining({ code: 'config/bad-value' }),
    );
    expect(refused({ language: '??' })).toThrow(expect.objectContaining({ code: 'text/bad-language' }));
    const index = indexOf({ id: 'a', title: 'hat' });
    expect(() => index.add({ id: 'a', title: 'shoe', language: '??' })).toThrow(
      expect.objectContaining({ code: 'text/bad-language' }),
    );
    expect(ids(index, 'hat shoe')).toEqual(['a']);
    for (const k of [0, -1, 1.5, Number.NaN]) {
      expect(() => searchTokens(index, { text: 'hat', k })).toThrow(
        expect.objectContaining({ code: 'request/invalid' }),
      );
    }
    expect(ids(index, 'hat', 1e9)).toEqual(['a']);
  });

  it('takes hostile text as documents and queries', () => {
    const index = indexOf({ id: 'plain', title: 'hat' });
    const hostile = [
      '',
      ' ',
      '__proto__ constructor toString',
      '\0\u0001\u007f',
      '\ud800\udc00\ud800',
      '"(*+?',
      'x'.repeat(1_000_000),
      '\u0301'.repeat(10_000),
      'ﷺ'.repeat(10_000),
      '字'.repeat(5_000),
      "'".repeat(1000),
      'a.'.repeat(100_000),
    ];
    for (const text of hostile) {
      index.add({ id: text.slice(0, 100) || 'empty', title: text, description: text });
      expect(ids(index, text, 5)).toBeInstanceOf(Array);
    }
    expect(ids(index, 'hat')).toEqual(['plain']);
    expect(ids(index, 'constructor')).toEqual(['__proto__ constructor toString']);
    expect(ids(index, 'hasOwnProperty')).toEqual([]);
    const size = index.size;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme' })), text => {
        expect(searchTokens(index, { text, k: 3 }).every(hit => Number.isFinite(hit.score) && hit.score > 0)).toBe(
          true,
        );
      }),
      { numRuns: 1000 },
    );
    expect(index.size).toBe(size);
  });
});
