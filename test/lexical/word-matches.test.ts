import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';

const documents: readonly DocumentRow[] = [
  { id: 'a', title: 'Red drill with red case', description: 'for wood' },
  { id: 'b', title: 'Sofa, red' },
  { id: 'c', title: 'Wood screws 12 mm', size: 3, kind: ['box', 'steel'] },
  { id: 'd', title: 'Nothing of it', size: [7, 5] },
  { id: 'e', title: 'Steel screws' },
  { id: 'f', title: 'Brass screws' },
];

function indexOf(cut: number): TokenIndex {
  const options = { bm25: { k1: 1, b: 0.5 }, fieldWeights: { title: 1, description: 0.5 }, language: 'en' };
  const index = createTokenIndex({ ...options, proximity: true, spelling: true });
  index.chains.setSynonyms(['couch, sofa']);
  documents.forEach((document, i) => {
    index.add(document);
    if (i === cut) index.flush();
  });
  return index;
}

describe.each([-1, 1, 3])('words of a query in documents, cut behind %i', cut => {
  const index = indexOf(cut);
  const ids = ['c', 'nowhere', 'a', 'b', 'd'];

  it('tells where each word stands, by field', () => {
    const { words, fields, documents: found } = index.prepare({ text: 'red drill' }).matches(ids);
    const title = fields.indexOf('title');
    expect(words.map(({ known, optional, number }) => [known, optional, number])).toEqual(
      Array(2).fill([true, false, false]),
    );
    expect(found.map(match => match && [...match.held])).toEqual([[0, 0], undefined, [2, 2], [2, 0], [0, 0]]);
    expect(found[2]?.places.map(byField => byField[title])).toEqual([[0, 3], [1]]);
    expect(found[2]?.lengths[title]).toBe(5);
  });

  it('gives each field its BM25, which for documents of one field is all of it', () => {
    const prepared = index.prepare({ text: 'red drill' });
    const { fields, documents: found } = prepared.matches(ids);
    const { bm25 } = prepared.features(ids);
    found.forEach((match, row) => {
      if (match !== undefined) expect(match.bm25[fields.indexOf('title')]).toBeCloseTo(bm25[row], 12);
    });
    expect(bm25[2]).toBeGreaterThan(0);
  });

  it('takes a synonym for another form of the word', () => {
    const { documents: found } = index.prepare({ text: 'red couch' }).matches(['b', 'a']);
    expect(found.map(match => match && [...match.held])).toEqual([
      [2, 1],
      [2, 0],
    ]);
  });

  it('knows numbers, words that nobody wrote, and corrected ones', () => {
    const { words } = index.prepare({ text: '12 qqqqqqq screwws' }).matches([]);
    expect(words.map(({ number, known, corrected }) => [number, known, corrected])).toEqual([
      [true, true, false],
      [false, false, false],
      [false, true, true],
    ]);
  });

  it('reads numbers and texts of attributes', () => {
    const prepared = index.prepare({ text: 'red' });
    expect([...prepared.numbers('size', ids)]).toEqual([3, Number.NaN, Number.NaN, Number.NaN, 5]);
    expect(prepared.texts('kind', ids)).toEqual([['box', 'steel'], [], [], [], []]);
  });

  it('has no words where there is no text', () => {
    expect(index.prepare({ query: { all: {} } }).matches(['a']).words).toEqual([]);
  });
});
