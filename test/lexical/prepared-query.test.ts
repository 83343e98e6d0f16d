import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/lexical/question.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { proximityRanker } from '../../src/ranking/proximity.js';

const options = { bm25: { k1: 1, b: 0.5 }, fieldWeights: { title: 1, description: 0.5 }, language: 'en' };
const words = ['red', 'blue', 'hat', 'shoe', 'warm', 'coat'];
const word = fc.constantFrom(...words);
const text = fc.array(word, { minLength: 1, maxLength: 6 }).map(parts => parts.join(' '));
const rows = fc
  .array(fc.record({ title: text, description: fc.option(text, { nil: undefined }), size: fc.nat({ max: 9 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map(all => all.map((row, i) => ({ id: String(i), ...row })));
const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ text }),
  text.map(phrase => ({ query: { phrase: { text: phrase, slop: 2 } } })),
  fc.tuple(text, word).map(
    ([bag, banned]): Question => ({
      query: { bool: { must: [{ bag: { text: bag } }], mustNot: [{ bag: { text: banned } }] } },
    }),
  ),
  fc.record({ text }).map(asked => ({ ...asked, functions: [{ saturation: { field: 'size', pivot: 3 } }] })),
  fc.record({ text }).map(asked => ({ ...asked, fieldWeights: { title: 0, description: 2 } })),
  fc.array(word, { minLength: 1, maxLength: 3 }).map(tokens => ({ text: '', tokens })),
);

function indexOf(all: readonly { id: string; title: string }[], cut: number): TokenIndex {
  const index = createTokenIndex({ ...options, proximity: true });
  all.forEach((row, i) => {
    index.add(row);
    if (i === cut) index.flush();
  });
  return index;
}

describe('a prepared query', () => {
  it('gives any documents the features that make their scores in a search, bit for bit', () => {
    fc.assert(
      fc.property(rows, question, fc.nat({ max: 40 }), (all, asked, cut) => {
        const prepared = indexOf(all, cut).prepare(asked);
        const ids = ['nowhere', ...all.map(({ id }) => id).reverse()];
        const { bm25, proximity } = prepared.features(ids);
        const scores = new Map(prepared.search({ k: proximityRanker.depth }).map(({ id, score }) => [id, score]));
        const matching = prepared.matching();
        ids.forEach((id, row) => {
          expect(bm25[row] + proximity[row]).toBe(scores.get(id) ?? 0);
          expect(matching.has(id)).toBe(scores.has(id));
          expect(prepared.explain(id)?.value ?? 0).toBe(scores.get(id) ?? 0);
        });
        expect(prepared.count([]).total).toBe(scores.size);
      }),
      { numRuns: 200 },
    );
  });

  it('follows what is written between two answers', () => {
    const index = indexOf([{ id: 'a', title: 'red hat' }], 0);
    const prepared = index.prepare({ text: 'hat', filter: [{ terms: { field: 'kind', values: ['new'] } }] });
    expect([prepared.search({ k: 5 }), prepared.eligible()?.count]).toEqual([[], 0]);
    index.add({ id: 'b', title: 'blue hat', kind: 'new' });
    expect([prepared.search({ k: 5 }).map(({ id }) => id), prepared.eligible()?.count]).toEqual([['b'], 1]);
    index.flush();
    index.remove('b');
    expect([prepared.search({ k: 5 }), prepared.count([]).total]).toEqual([[], 0]);
    index.chains.setSynonyms(['hat, cap']);
    index.add({ id: 'c', title: 'cap', kind: 'new' });
    expect(prepared.asked().flatMap(({ terms }) => terms.map(({ term }) => term))).toEqual(['hat', 'cap']);
    expect(prepared.search({ k: 5 }).map(({ id }) => id)).toEqual(['c']);
  });

  it('does not meet another one that is asked in between', () => {
    const index = indexOf(
      words.map(title => ({ id: title, title })),
      2,
    );
    const [red, hat] = [index.prepare({ text: 'red' }), index.prepare({ text: 'hat' })];
    expect([red, hat, red].map(each => each.asked()[0].terms[0].term)).toEqual(['red', 'hat', 'red']);
    expect([red, hat, red].map(each => each.search({ k: 9 }).map(({ id }) => id))).toEqual([['red'], ['hat'], ['red']]);
  });

  it('lets vectors find what passes the filter and what the query demands, and everything where neither says', () => {
    const all = words.map((title, i) => ({ id: title, title, size: i }));
    const index = indexOf(all, 1);
    const eligible = (asked: Question): string[] | undefined => {
      const accepted = index.prepare(asked).eligible();
      return accepted && [...accepted.ids()].sort();
    };
    const filter = [{ range: { field: 'size', max: 1 } }];
    expect(eligible({ text: 'hat' })).toBeUndefined();
    expect(eligible({ text: 'hat', filter })).toEqual(['blue', 'red']);
    const query = { bool: { must: [{ bag: { text: 'hat' } }], mustNot: [{ bag: { text: 'red' } }] } };
    expect(eligible({ query })).toEqual(['hat']);
    expect(eligible({ query: { bool: { mustNot: query.bool.mustNot } }, filter })).toEqual(['blue']);
  });
});
