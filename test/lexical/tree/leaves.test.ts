import { describe, expect, it } from 'vitest';
import { createTokenIndex, type TokenIndex, type TokenIndexOptions } from '../../../src/lexical/token-index.js';
import type { Query } from '../../../src/query/query.js';
import { searchTokens } from '../ask.js';

const options: TokenIndexOptions = {
  bm25: { k1: 1, b: 0 },
  fieldWeights: { title: 1, description: 0.5 },
  language: 'und',
};

/** Documents of a title alone, by number; with b = 0 and k1 = 1 a term that weighs w gets idf * w / (1 + w). */
function titles(...all: string[]): TokenIndex {
  const index = createTokenIndex(options);
  all.forEach((title, i) => {
    index.add({ id: String(i), title });
  });
  return index;
}
const scores = (index: TokenIndex, query: Query): Record<string, number> =>
  Object.fromEntries(searchTokens(index, { query, k: 100 }).map(({ id, score }) => [id, score]));
const ids = (index: TokenIndex, query: Query, language?: string): string[] =>
  searchTokens(index, { query, k: 1000, language }).map(hit => hit.id);
const saturated = (frequency: number): number => frequency / (1 + frequency);
/** idf of a term in n of N documents */
const idf = (n: number, N: number): number => Math.log(1 + (N - n + 0.5) / (n + 0.5));

describe('a phrase', () => {
  const index = titles('red hat', 'hat red', 'red warm hat', 'red hat red hat', 'red', 'hat');
  // red and hat are each in 5 of 6: idf ln(1 + 1.5/5.5) = ln(14/11), twice
  const both = 2 * idf(5, 6);

  it('is found where its words stand next to one another, in order, in one field', () => {
    const found = scores(index, { phrase: { text: 'Red Hat' } });
    expect(Object.keys(found).sort()).toEqual(['0', '3']);
    expect(found['0']).toBeCloseTo(both * saturated(1), 12);
    expect(found['3']).toBeCloseTo(both * saturated(2), 12);
    const apart = createTokenIndex(options);
    apart.add({ id: 'a', title: 'red', description: 'hat' });
    expect(ids(apart, { phrase: { text: 'red hat', slop: 100 } })).toEqual([]);
  });

  it('lets words stand apart and change places for the moves that it takes', () => {
    const moves = (slop: number): Record<string, number> => scores(index, { phrase: { text: 'red hat', slop } });
    expect(Object.keys(moves(1)).sort()).toEqual(['0', '2', '3']);
    expect(moves(1)['2']).toBeCloseTo(both * saturated(1 / 2), 12);
    // a swap of neighbours costs 2
    expect(moves(2)['1']).toBeCloseTo(both * saturated(1 / 3), 12);
    expect(moves(2)['0']).toBeCloseTo(both * saturated(1), 12);
  });

  it('adds up the moves of all its words to where that is least', () => {
    // a at 0, b at 2, c at 4: a moves one right, c one left; d stands two away from where it belongs: 0, 1, 2, 4 less 0, 1, 2, 3
    expect(ids(titles('a x b x c'), { phrase: { text: 'a b c', slop: 1 } })).toEqual([]);
    expect(ids(titles('a x b x c'), { phrase: { text: 'a b c', slop: 2 } })).toEqual(['0']);
    expect(ids(titles('a b x c d'), { phrase: { text: 'a b c d', slop: 1 } })).toEqual([]);
    expect(ids(titles('a b x c d'), { phrase: { text: 'a b c d', slop: 2 } })).toEqual(['0']);
  });

  it('gives each of its words a place of its own', () => {
    const repeated = titles('la', 'la la', 'la x la', 'la la la');
    expect(ids(repeated, { phrase: { text: 'la la' } }).sort()).toEqual(['1', '3']);
    expect(ids(repeated, { phrase: { text: 'la la', slop: 1 } }).sort()).toEqual(['1', '2', '3']);
    expect(ids(repeated, { phrase: { text: 'la la la', slop: 100 } })).toEqual(['3']);
    // the two pairs of la la la: each first word counts once, and the last la has a partner two moves away
    const long = 2 * idf(4, 4);
    expect(scores(repeated, { phrase: { text: 'la la' } })['3']).toBeCloseTo(long * saturated(2), 12);
    expect(scores(repeated, { phrase: { text: 'la la', slop: 2 } })['3']).toBeCloseTo(long * saturated(2 + 1 / 3), 12);
  });

  it('counts a match for each place of the word that is rarest in the field', () => {
    const many = titles('a a a b', 'a b b b');
    const two = 2 * idf(2, 2);
    expect(scores(many, { phrase: { text: 'a b', slop: 9 } })).toEqual({
      0: expect.closeTo(two * saturated(1), 12),
      1: expect.closeTo(two * saturated(1), 12),
    });
  });

  it('weighs every field, keeps the gap of a stop word, and does not reach from one text of a list into the next', () => {
    const fields = createTokenIndex({ ...options, language: 'en' });
    fields.add({ id: 'a', title: 'red hat', description: 'a red hat' });
    fields.add({ id: 'b', title: 'state of the art' });
    fields.add({ id: 'c', title: 'x', description: 'state art' });
    // two idf of 1 in 3; title 1 and description .5
    expect(scores(fields, { phrase: { text: 'red hat' } })).toEqual({
      a: expect.closeTo(2 * idf(1, 3) * saturated(1.5), 12),
    });
    expect(scores(fields, { phrase: { text: 'red hat', fields: ['description'] } })).toEqual({
      a: expect.closeTo(2 * idf(1, 3) * saturated(0.5), 12),
    });
    expect(ids(fields, { phrase: { text: 'state of the art' } })).toEqual(['b']);
    expect(ids(fields, { phrase: { text: 'state art' } })).toEqual(['c']);
    const lists = createTokenIndex({ ...options, fieldWeights: { tags: 1 } });
    lists.add({ id: 'a', title: '', tags: ['red', 'hat'] });
    expect(ids(lists, { bag: { text: 'red hat', operator: 'all' } })).toEqual(['a']);
    expect(ids(lists, { phrase: { text: 'red hat', slop: 100 } })).toEqual([]);
  });

  it('of one word is that word', () => {
    expect(scores(index, { phrase: { text: 'red', boost: 2 } })).toEqual(
      scores(index, { bag: { text: 'red', boost: 2 } }),
    );
  });
});

describe('a prefix', () => {
  it('stands for the terms that begin with it, all with the idf of the most frequent one', () => {
    const index = titles('hose', 'hose hook', 'hosanna', 'shoe');
    // hose 2 of 4, hosanna 1, hook 1
    const common = idf(2, 4);
    expect(scores(index, { prefix: { text: 'hos' } })).toEqual({
      0: expect.closeTo(common / 2, 12),
      1: expect.closeTo(common / 2, 12),
      2: expect.closeTo(common / 2, 12),
    });
    expect(scores(index, { prefix: { text: 'HO', boost: 3 } })['1']).toBeCloseTo(3 * common, 12);
    expect(ids(index, { prefix: { text: 'x' } })).toEqual([]);
    expect(ids(index, { prefix: { text: '' } })).toEqual([]);
  });

  it('is folded and not stemmed, and finds the stem of the word that is being typed', () => {
    const index = createTokenIndex({ ...options, language: 'en' });
    index.add({ id: 'run', title: 'running shoes' });
    index.add({ id: 'battery', title: 'batteries' });
    index.add({ id: 'cafe', title: 'café' });
    index.add({ id: 'car', title: 'car' });
    for (const text of ['r', 'run', 'runn', 'runni', 'runnin', 'running'])
      expect(ids(index, { prefix: { text } })).toEqual(['run']);
    for (const text of ['bat', 'batteri', 'batterie', 'battery'])
      expect(ids(index, { prefix: { text } })).toEqual(['battery']);
    expect(ids(index, { prefix: { text: 'CAF' } })).toEqual(['cafe']);
    expect(ids(index, { prefix: { text: 'café' } })).toEqual(['cafe']);
    for (const text of ['cart', 'card', 'care']) expect(ids(index, { prefix: { text } })).toEqual([]);
  });

  it('of several words wants those before the last one whole', () => {
    const index = titles('wi fi router', 'wi fa', 'fi router');
    expect(ids(index, { prefix: { text: 'wi-f' } }).sort()).toEqual(['0', '1']);
    expect(ids(index, { prefix: { text: 'wi-fi' } })).toEqual(['0']);
  });

  it('takes the 64 most frequent terms', () => {
    const names = Array.from({ length: 70 }, (_, i) => `p${String(i).padStart(2, '0')}`);
    // all but the first six stand in two documents
    const index = titles(...names, ...names.slice(6));
    expect(ids(index, { prefix: { text: 'p' } })).toHaveLength(128);
    expect(ids(index, { prefix: { text: 'p00' } })).toEqual(['0']);
  });
});

describe('a fuzzy word', () => {
  const index = titles('hose', 'hoes', 'house', 'horse hose', 'nose');
  const common = idf(2, 5); // hose, the most frequent of them

  it('counts each term near it 1 / (1 + edits) of an exact one', () => {
    expect(scores(index, { fuzzy: { text: 'hose' } })).toEqual({
      0: expect.closeTo(common / 2, 12),
      1: expect.closeTo(common / 4, 12), // a swap is one edit
      2: expect.closeTo(common / 4, 12),
      3: expect.closeTo(common / 2 + common / 4, 12),
      4: expect.closeTo(common / 4, 12),
    });
  });

  it('forgives by the length of the term, or what it is told', () => {
    const short = titles('at', 'it', 'hat', 'house', 'horse', 'hoarse', 'houses');
    expect(ids(short, { fuzzy: { text: 'at' } })).toEqual(['0']);
    expect(ids(short, { fuzzy: { text: 'at', edits: 1 } })).toEqual(['0', '1', '2']);
    expect(ids(short, { fuzzy: { text: 'horse', edits: 0 } })).toEqual(['4']);
    expect(ids(short, { fuzzy: { text: 'horse' } })).toEqual(['4', '3', '5']);
    expect(ids(short, { fuzzy: { text: 'hourse' } }).sort()).toEqual(['3', '4', '5', '6']);
  });

  it('is looked for word by word where it has several', () => {
    expect(ids(index, { fuzzy: { text: 'hosw-hirse' } })).toEqual(['3']);
  });
});

describe('a bag', () => {
  const index = createTokenIndex(options);
  index.add({ id: 'a', title: 'red hat', description: 'warm' });
  index.add({ id: 'b', title: 'red', description: 'hat' });

  it('wants all of its words where it says so', () => {
    expect(ids(index, { bag: { text: 'red warm', operator: 'all' } })).toEqual(['a']);
    expect(ids(index, { bag: { text: 'red unknown', operator: 'all' } })).toEqual([]);
    expect(ids(index, { bag: { text: 'red unknown' } })).toEqual(['a', 'b']);
  });

  it('looks in some fields with the idf of all, and in none that is not indexed', () => {
    expect(scores(index, { bag: { text: 'hat', fields: ['title'] } })).toEqual({
      a: expect.closeTo(idf(2, 2) / 2, 12),
    });
    expect(scores(index, { bag: { text: 'hat', fields: ['description'] } })).toEqual({
      b: expect.closeTo(idf(2, 2) / 3, 12),
    });
    expect(ids(index, { bag: { text: 'hat', fields: ['absent'] } })).toEqual([]);
  });

  it('weighs fields as the query says', () => {
    const found = searchTokens(index, { text: 'hat', k: 5, fieldWeights: { description: 3 } });
    expect(found.map(hit => hit.id)).toEqual(['b', 'a']);
    expect(found[0].score).toBeCloseTo(idf(2, 2) * saturated(3), 12);
    expect(searchTokens(index, { text: 'hat', k: 5, fieldWeights: { title: 0 } }).map(hit => hit.id)).toEqual(['b']);
    expect(searchTokens(index, { text: 'hat', k: 5, fieldWeights: { title: 0, description: 0 } })).toEqual([]);
    for (const [field, weight] of [
      ['absent', 1],
      ['title', -1],
      ['title', Number.NaN],
    ] as const) {
      const fieldWeights = { [field]: weight };
      expect(() => searchTokens(index, { text: 'hat', k: 5, fieldWeights })).toThrow(
        expect.objectContaining({ code: 'request/invalid' }),
      );
    }
  });
});
