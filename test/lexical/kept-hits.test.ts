import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vocabularyOf } from '../../src/lexical/index-vocabulary.js';
import { knownTerms } from '../../src/lexical/known-terms.js';
import type { WantedHits } from '../../src/lexical/prepared-query.js';
import { createTokenIndex, partOfIndex, type TokenIndex } from '../../src/lexical/token-index.js';

const words = ['red', 'garden', 'hose', 'reel', 'kettle'];
const options = {
  fieldWeights: { title: 1 },
  bm25: { k1: 1, b: 0.5 },
  language: 'en',
  spelling: true,
  proximity: true,
};
const shop = (): TokenIndex => createTokenIndex(options);
const filled = (): TokenIndex => {
  const index = shop();
  for (let i = 0; i < 100; i++)
    index.add({ id: `d${i}`, title: `${words[i % 5]} ${words[(i >> 1) % 5]} ${words[(i >> 2) % 5]}`, price: i });
  index.flush();
  return index;
};
/** How many posting lists were looked up for a search. */
function lookUps(index: TokenIndex, search: () => unknown): number {
  const looked = (): number => index.listCache().hits + index.listCache().misses;
  const before = looked();
  search();
  return looked() - before;
}

describe('the best hits of a query', () => {
  it('are looked for once, also where fewer of them are wanted', () => {
    const index = filled();
    const ask = (k: number) => index.prepare({ text: 'garden hose' }).search({ k });
    expect(lookUps(index, () => ask(20))).toBeGreaterThan(0);
    expect(lookUps(index, () => ask(20))).toBe(0);
    expect(lookUps(index, () => ask(5))).toBe(0);
    expect(ask(5)).toEqual(ask(20).slice(0, 5));
    expect(lookUps(index, () => ask(21))).toBeGreaterThan(0);
  });

  it.each<[string, Partial<WantedHits>]>([
    ['some documents alone', { accept: id => id.endsWith('1') }],
    ['another order', { sort: [{ field: 'price', order: 'descending' }] }],
    ['groups', { grouping: { field: 'price', size: 1 } }],
  ])('are not those where %s are wanted', (_name, wanted) => {
    const [index, fresh] = [filled(), filled()];
    const ask = (of: TokenIndex, more: Partial<WantedHits> = {}) =>
      of.prepare({ text: 'garden hose' }).search({ k: 20, ...more });
    ask(index);
    expect(ask(index, wanted)).toEqual(ask(fresh, wanted));
    expect(ask(index)).toEqual(ask(filled()));
  });

  it('are kept in bounded memory: those of a deep search are looked for again', () => {
    const index = filled();
    const ask = (k: number) => index.prepare({ text: 'garden' }).search({ k });
    expect(ask(33)).toHaveLength(33);
    expect(lookUps(index, () => ask(33))).toBeGreaterThan(0);
  });

  it('cannot be changed by who got them', () => {
    const ask = () => index.prepare({ text: 'garden hose' }).search({ k: 20 });
    const index = filled();
    const first = ask();
    const wanted = [...first];
    first.reverse().pop();
    ask().pop();
    expect(ask()).toEqual(wanted);
  });

  it('are looked for again by a query that is held while something is written', () => {
    const index = filled();
    const held = index.prepare({ text: 'trumpet' });
    const ids = () => held.search({ k: 5 }).map(({ id }) => id);
    expect(ids()).toEqual([]);
    index.add({ id: 'new', title: 'trumpet' });
    expect(ids()).toEqual(['new']);
    index.remove('new');
    expect(ids()).toEqual([]);
  });

  it('are looked for again in a part of an index that more documents are taken into', () => {
    const all = filled();
    const part = partOfIndex(options, {
      documents: 100,
      averageLength: () => 3,
      df: () => 3,
      terms: () => [][Symbol.iterator](),
      fuzzy: () => [],
      vocabulary: () => vocabularyOf(knownTerms(all.segments()), df => 1 / (1 + df), 100),
      languages: { note: () => undefined, share: () => 1, guess: () => 'en' },
      chains: all.chains,
      hasAttribute: () => false,
      attributes: () => [],
    });
    const held = part.prepare({ text: 'hose' });
    const ids = () => held.search({ k: 5 }).map(({ id }) => id);
    expect(ids()).toEqual([]);
    part.take('d1', [{ terms: ['hose'], positions: [0], length: 1 }]);
    expect(ids()).toEqual(['d1']);
  });

  it('are those of the documents as they are, whatever is written between', () => {
    const title = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map(each => each.join(' '));
    const id = fc.integer({ min: 0, max: 9 }).map(i => `d${i}`);
    const step = fc.oneof(
      fc.record({ put: id, title }),
      fc.record({ remove: id }),
      fc.constant({ flush: true as const }),
      fc.record({ text: title, k: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ text: title, k: fc.integer({ min: 1, max: 12 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const index = shop();
        const documents = new Map<string, string>();
        for (const each of steps) {
          if ('put' in each) {
            documents.set(each.put, each.title);
            index.add({ id: each.put, title: each.title });
          } else if ('remove' in each) {
            documents.delete(each.remove);
            index.remove(each.remove);
          } else if ('flush' in each) index.flush();
          else {
            const fresh = shop();
            for (const [id, title] of documents) fresh.add({ id, title });
            const ask = (of: TokenIndex) => of.prepare({ text: each.text }).search({ k: each.k });
            expect(ask(index)).toEqual(ask(fresh));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
