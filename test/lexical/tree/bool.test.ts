import { describe, expect, it } from 'vitest';
import { createTokenIndex, type TokenIndexOptions } from '../../../src/lexical/token-index.js';
import type { Query, ScoreFunction, SortKey } from '../../../src/query/query.js';
import { explainTokens, searchTokens } from '../ask.js';

const options: TokenIndexOptions = { bm25: { k1: 1, b: 0 }, fieldWeights: { title: 1 }, language: 'en' };
const documents = new Map(
  [
    { id: 'a', title: 'red hat', price: 10, colour: 'red' },
    { id: 'b', title: 'red shoe', price: 20, colour: ['blue', 'red'] },
    { id: 'c', title: 'blue hat', size: [1, 4], day: Date.UTC(2026, 0, 31) },
    { id: 'd', title: 'warm thing', price: -5, size: ['big', 2], day: Date.UTC(2026, 0, 1) },
  ].map(document => [document.id, document] as const),
);
const index = createTokenIndex(options);
for (const document of documents.values()) index.add(document);

const bag = (text: string, boost?: number): Query => ({ bag: { text, boost } });
const ids = (query: Query): string[] =>
  searchTokens(index, { query, k: 10 })
    .map(hit => hit.id)
    .sort();
const score = (query: Query, id: string, functions?: readonly ScoreFunction[], now?: number): number | undefined =>
  searchTokens(index, { query, k: 10, functions, now }).find(hit => hit.id === id)?.score;
// red 2 of 4, hat 2, shoe 1, blue 1; a term that stands once is worth half of its idf
const half = (n: number): number => Math.log(1 + (4 - n + 0.5) / (n + 0.5)) / 2;

describe('a bool', () => {
  it('adds up what must and what should match, times the boosts around them', () => {
    const query: Query = { bool: { must: [bag('red')], should: [bag('hat', 3), bag('blue')], boost: 2 } };
    expect(ids(query)).toEqual(['a', 'b']);
    expect(score(query, 'a')).toBeCloseTo(2 * half(2) + 6 * half(2), 12);
    expect(score(query, 'b')).toBeCloseTo(2 * half(2), 12);
  });

  it('wants one of what should match where nothing must, and as many as it says', () => {
    const should = [bag('red'), bag('hat'), bag('blue')];
    expect(ids({ bool: { should } })).toEqual(['a', 'b', 'c']);
    expect(ids({ bool: { should, minimumShould: 2 } })).toEqual(['a', 'c']);
    expect(ids({ bool: { should, minimumShould: 4 } })).toEqual([]);
    expect(ids({ bool: { should, minimumShould: 0 } })).toEqual(['a', 'b', 'c', 'd']);
    expect(ids({ bool: { must: [bag('red')], should: [bag('hat')], minimumShould: 1 } })).toEqual(['a']);
  });

  it('leaves out what must not match, also where that is all that it says', () => {
    expect(ids({ bool: { must: [bag('red')], mustNot: [bag('hat')] } })).toEqual(['b']);
    expect(ids({ bool: { mustNot: [bag('hat')] } })).toEqual(['b', 'd']);
    expect(score({ bool: { mustNot: [bag('hat')] } }, 'd')).toBe(0);
    expect(ids({ bool: {} })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does as if a clause were not there whose text holds no term', () => {
    expect(ids({ bool: { must: [bag('...'), bag('red')] } })).toEqual(['a', 'b']);
    expect(ids({ bool: { must: [bag('red')], mustNot: [bag('...')] } })).toEqual(['a', 'b']);
    expect(ids({ bool: { should: [bag('...'), bag('red'), bag('hat')], minimumShould: 3 } })).toEqual(['a']);
    expect(ids({ bool: { should: [bag('!')] } })).toEqual([]);
    expect(ids({ bool: { must: [bag('red')], should: [bag('...')], minimumShould: 1 } })).toEqual(['a', 'b']);
    for (const query of [bag('...'), { phrase: { text: '- !' } }, { prefix: { text: '*' } }, { fuzzy: { text: '' } }]) {
      expect(ids(query)).toEqual([]);
      expect(ids({ bool: { mustNot: [query] } })).toEqual([]);
    }
    // a word that no document holds is a term all the same
    expect(ids({ bool: { must: [bag('unknown'), bag('red')] } })).toEqual([]);
  });

  it('filters without scoring, and gives every document 1 where it asks for all', () => {
    const cheap: Query = { filter: { range: { field: 'price', max: 15 } } };
    expect(ids({ bool: { must: [bag('red'), cheap] } })).toEqual(['a']);
    expect(score({ bool: { must: [bag('red'), cheap] } }, 'a')).toBeCloseTo(half(2), 12);
    expect(score(cheap, 'd')).toBe(0);
    expect(score({ bool: { must: [{ all: {} }], boost: 3 } }, 'd')).toBe(3);
  });
});

describe('a score function', () => {
  const all: Query = { all: {} };
  const one = (change: ScoreFunction, id: string, now?: number): number | undefined => score(all, id, [change], now);

  it('falls off with the distance of the nearest value, by its shape', () => {
    const decay = { field: 'price', origin: 10, scale: 5, offset: 5 } as const;
    // b is 10 away, 5 of them free: f = .5 at one scale in every shape; a stands at the origin: f = 1
    for (const shape of ['gauss', 'exponential', 'linear'] as const) {
      expect(one({ decay: { ...decay, shape } }, 'b')).toBeCloseTo(1.5, 12);
      expect(one({ decay: { ...decay, shape, at: 0.2, weight: 3 } }, 'b')).toBeCloseTo(1.6, 12);
      expect(one({ decay: { ...decay, shape } }, 'a')).toBe(2);
      expect(one({ decay: { ...decay, shape } }, 'c')).toBe(1);
    }
    // d is 15 away, two scales beyond the offset: .5^4, .5^2, and nothing
    expect(one({ decay: { ...decay, shape: 'gauss' } }, 'd')).toBeCloseTo(1 + 1 / 16, 12);
    expect(one({ decay: { ...decay, shape: 'exponential' } }, 'd')).toBeCloseTo(1.25, 12);
    expect(one({ decay: { ...decay, shape: 'linear' } }, 'd')).toBe(1);
    // of 1 and 4, 4 is the nearer one to 3
    expect(one({ decay: { field: 'size', shape: 'linear', origin: 3, scale: 1 } }, 'c')).toBeCloseTo(1.5, 12);
  });

  it('takes the scale of a date in days, from a date or from now', () => {
    const recency = { field: 'day', shape: 'exponential', scale: 30 } as const;
    expect(one({ decay: { ...recency, origin: '2026-01-31' } }, 'd')).toBeCloseTo(1.5, 12);
    expect(one({ decay: { ...recency, origin: 'now' } }, 'c', Date.UTC(2026, 2, 2))).toBeCloseTo(1.5, 12);
    expect(() => one({ decay: { ...recency, origin: 'yesterday' } }, 'c')).toThrow(
      expect.objectContaining({ code: 'request/invalid' }),
    );
  });

  it('saturates, and functions multiply', () => {
    const saturation = { field: 'price', pivot: 10 };
    expect(one({ saturation }, 'a')).toBeCloseTo(1.5, 12);
    expect(one({ saturation: { ...saturation, weight: 3 } }, 'b')).toBeCloseTo(3, 12);
    expect(one({ saturation }, 'd')).toBe(1); // below 0
    expect(one({ saturation }, 'c')).toBe(1);
    expect(score(bag('red'), 'a', [{ saturation }, { saturation }])).toBeCloseTo(half(2) * 1.5 * 1.5, 12);
  });

  it('is explained beside the score', () => {
    const functions = [{ saturation: { field: 'price', pivot: 10, weight: 2 } }];
    const explained = explainTokens(index, { text: 'red', functions }, 'a');
    expect(explained?.value).toBe(score(bag('red'), 'a', functions));
    expect(explained?.details[1]).toEqual({
      value: 2,
      description: '1 + weight * f',
      details: [
        { value: 2, description: 'weight', details: [] },
        { value: 0.5, description: 'f, saturation of price', details: [] },
      ],
    });
  });
});

describe('a sort', () => {
  const order = (...sort: SortKey[]): string[] =>
    searchTokens(index, { query: { all: {} }, k: 10, sort }).map(hit => hit.id);

  it('goes by the least value upwards and the greatest downwards, what is missing last, ties by id', () => {
    expect(order({ field: 'price', order: 'ascending' })).toEqual(['d', 'a', 'b', 'c']);
    expect(order({ field: 'price', order: 'descending' })).toEqual(['b', 'a', 'd', 'c']);
    expect(order({ field: 'colour', order: 'ascending' })).toEqual(['b', 'a', 'c', 'd']);
    expect(order({ field: 'colour', order: 'descending' })).toEqual(['a', 'b', 'c', 'd']);
    expect(order({ field: 'size', order: 'ascending' })).toEqual(['c', 'd', 'a', 'b']);
    expect(order({ field: 'nowhere', order: 'ascending' })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes further keys and the score, which hits keep', () => {
    const hits = searchTokens(index, {
      query: { bool: { should: [bag('red'), bag('hat')] } },
      k: 2,
      sort: [
        { field: '_score', order: 'ascending' },
        { field: 'price', order: 'descending' },
      ],
    });
    expect(hits.map(hit => hit.id)).toEqual(['b', 'c']);
    expect(hits[0].score).toBeCloseTo(half(2), 12);
  });
});
