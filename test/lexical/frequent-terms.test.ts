import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentsWith, frequentTerms } from '../../src/lexical/frequent-terms.js';
import { SegmentList } from '../../src/lexical/segment-list.js';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '字', '😀'), minLength: 1, maxLength: 3 });
const documents = fc.array(fc.array(word, { maxLength: 6 }), { maxLength: 20 });

/** Some documents replaced and removed, the index cut in two. */
function listOf(
  rows: readonly (readonly string[])[],
  cut: number,
): { list: SegmentList; live: Map<string, Set<string>> } {
  const list = new SegmentList(1);
  const live = new Map<string, Set<string>>();
  rows.forEach((terms, i) => {
    const id = String(i % 12);
    list.add(id, [terms.map((term, position) => ({ term, position }))]);
    live.set(id, new Set(terms));
    if (i === cut) list.flush();
    if (i % 5 === 4) {
      list.remove(String(i % 3));
      live.delete(String(i % 3));
    }
  });
  return { list, live };
}

describe('frequentTerms', () => {
  it('equals counting every living document', () => {
    fc.assert(
      fc.property(documents, fc.nat({ max: 20 }), word, (rows, cut, prefix) => {
        const { list, live } = listOf(rows, cut);
        const counts = new Map<string, number>();
        for (const terms of live.values()) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
        const expected = [...counts]
          .filter(([term]) => term.startsWith(prefix))
          .map(([term, df]) => ({ term, df }))
          .sort((a, b) => b.df - a.df || (a.term < b.term ? -1 : 1));
        expect(frequentTerms(list.all, prefix, 1000)).toEqual(expected);
      }),
    );
  });

  it('keeps the most frequent ones alone', () => {
    const { list } = listOf([['ab', 'aa'], ['ab'], ['ac', 'ab'], ['ac', 'b']], 1);
    expect(frequentTerms(list.all, 'a', 2)).toEqual([
      { term: 'ab', df: 3 },
      { term: 'ac', df: 2 },
    ]);
    expect(frequentTerms(list.all, 'z', 2)).toEqual([]);
  });
});

describe('documentsWith', () => {
  it('names living documents that hold the term, as many as are wanted', () => {
    fc.assert(
      fc.property(documents, fc.nat({ max: 20 }), word, fc.integer({ min: 1, max: 5 }), (rows, cut, term, most) => {
        const { list, live } = listOf(rows, cut);
        const holding = [...live].filter(([, terms]) => terms.has(term)).map(([id]) => id);
        const found = documentsWith(list.all, term, most);
        expect(found).toHaveLength(Math.min(most, holding.length));
        expect(holding).toEqual(expect.arrayContaining(found));
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});
