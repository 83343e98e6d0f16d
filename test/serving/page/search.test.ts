import { describe, expect, it } from 'vitest';
import { dayOf, isAddress, labelOf, refinable } from '../../../serving/page/choose-attributes.js';
import { markedPieces } from '../../../serving/page/marks.js';
import { namedPages } from '../../../serving/page/paging.js';
import { askFor, hasOperators, requestsOf } from '../../../serving/page/search.js';
import type { Settings } from '../../../serving/page/settings.js';
import { emptyState, type PageState } from '../../../serving/page/state.js';
import { createClient } from '../../../src/client/index.js';
import type { SearchResponse } from '../../../src/search/backend.js';
import type { IndexAttribute } from '../../../src/search/index-attributes.js';

const attributes: IndexAttribute[] = [
  { name: 'brand', kind: 'text', documents: 100, values: 5 },
  { name: 'price', kind: 'number', documents: 90 },
  { name: 'new', kind: 'boolean', documents: 100 },
];
const settings: Settings = {
  documents: 100,
  modes: ['hybrid', 'vector', 'token'],
  places: [],
  attributes,
  floor: { minCosine: 0.4 },
  pictureOrigins: [],
};

describe('what may be refined by', () => {
  it('is what many documents have and share', () => {
    const more: IndexAttribute[] = [
      ...attributes,
      { name: 'ean', kind: 'number', documents: 100 },
      { name: 'code', kind: 'text', documents: 100, values: 90 },
      { name: 'only', kind: 'text', documents: 100, values: 1 },
      { name: 'rare', kind: 'text', documents: 1, values: 1 },
      { name: 'title', kind: 'text', documents: 100, values: 40 },
    ];
    expect(refinable(more, 100).map(({ name }) => name)).toEqual(['brand', 'new', 'price']);
  });

  it('is called as people would', () => {
    expect(['in_stock', 'specs.screenSize', 'categories.lvl0', 'price'].map(labelOf)).toEqual([
      ...['In stock', 'Screen size', 'Categories 1', 'Price'],
    ]);
    expect(['pictures/a.svg', 'https://a.example/x', 'Oakley & Sons', 'v1.2'].map(isAddress)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a day', () => {
  it('is none where a number is no time', () => {
    expect([Date.UTC(2024, 4, 31, 12), 1e16].map(dayOf)).toEqual(['2024-05-31', '']);
  });
});

describe('what is asked for', () => {
  it('is what there is where nothing is typed', () => {
    const [main, ...others] = requestsOf(emptyState, settings, attributes);
    expect(main).toMatchObject({ query: { all: {} }, mode: 'token', from: 0, k: 24, total: true });
    expect(main.facets?.map(({ field }) => field)).toEqual(['brand', 'price', 'new']);
    expect(others).toEqual([]);
  });

  it('is a date to the end of its last day', () => {
    const dated = { ...settings, attributes: [{ name: 'released', kind: 'date', documents: 100 } as const] };
    const filterOf = (ranges: PageState['ranges']) => requestsOf({ ...emptyState, ranges }, dated, [])[0].filter;
    const range = { field: 'released', min: '2024-05-01', max: '2024-05-31T23:59:59.999Z' };
    expect(filterOf({ released: { min: '2024-05-01', max: '2024-05-31' } })).toEqual([{ range }]);
    // an address may say more
    const max = '2024-05-31T12:00:00Z';
    expect(filterOf({ released: { max } })).toEqual([{ range: { field: 'released', max } }]);
  });

  it('is the number of a value too, where it is one, but of long numbers the digits alone', () => {
    const valuesOf = (value: string) =>
      requestsOf({ ...emptyState, chosen: { brand: [value] } }, settings, [])[0].filter?.flatMap(clause =>
        'terms' in clause ? clause.terms.values : [],
      );
    expect(['12', '-1.5', 'acme'].map(valuesOf)).toEqual([['12', 12], ['-1.5', -1.5], ['acme']]);
    // a double may be another number, and a cluster is not asked for one
    expect(['9007199254740991', '9007199254740993'].map(valuesOf)).toEqual([
      ['9007199254740991', 9007199254740991],
      ['9007199254740993'],
    ]);
  });

  it('counts an attribute that is refined by without its own condition', () => {
    const state = {
      ...emptyState,
      text: 'hose',
      page: 2,
      chosen: { brand: ['7'], new: ['true'] },
      ranges: { price: { max: '9' } },
    };
    const [main, brand, price, isNew] = requestsOf(state, settings, attributes);
    const conditions = {
      brand: { terms: { field: 'brand', values: ['7', 7] } },
      new: { terms: { field: 'new', values: [true] } },
      price: { range: { field: 'price', max: 9 } },
    };
    expect(main).toMatchObject({ text: 'hose', typing: true, from: 48 });
    expect(main.filter).toEqual([conditions.brand, conditions.new, conditions.price]);
    expect([brand.filter, price.filter, isNew.filter]).toEqual([
      [conditions.new, conditions.price],
      [conditions.brand, conditions.new],
      [conditions.brand, conditions.price],
    ]);
  });

  it('pages no further than a search goes, and sorts by tokens alone', () => {
    const [main] = requestsOf({ ...emptyState, page: 41, sort: 'price:desc', text: 'a', mode: 'vector' }, settings, []);
    expect(main).toMatchObject({ from: 984, k: 16, mode: 'token', sort: [{ field: 'price', order: 'descending' }] });
  });

  it('has operators where somebody writes them, and not where a word has a hyphen', () => {
    for (const text of ['+hose', 'a -b', '"a b"', 'brand:hp', 'ho*', 'a OR b'])
      expect([text, hasOperators(text)]).toEqual([text, true]);
    for (const text of ['t-shirt', 'c++', '3 - 4', 'rock & roll', 'or'])
      expect([text, hasOperators(text)]).toEqual([text, false]);
  });
});

describe('what is shown', () => {
  /** A service that answers with these, and what it was asked. */
  function service(...answers: Partial<SearchResponse>[]) {
    const asked: unknown[] = [];
    const client = createClient({
      url: 'http://service.example',
      fetch: async (_, init) => {
        asked.push(JSON.parse(String(init?.body)));
        return Response.json({ hits: [], mode: 'hybrid', took: {}, ...answers[asked.length - 1] });
      },
    });
    return {
      asked,
      ask: (page = 0) => askFor(client, { ...emptyState, text: 'hose', page }, settings, [], AbortSignal.any([])),
    };
  }
  const hits = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ id: `${i}`, score: 1, document: { id: `${i}`, title: '' } }));

  it('is the true total, and beside it what is near in meaning on the first page alone', async () => {
    expect(await service({ hits: hits(24), total: 3 }).ask()).toMatchObject({ total: 3, near: 21, pages: 1 });
    expect((await service({ hits: hits(24), total: 3 }).ask(1)).hits).toEqual([]);
    expect(await service({ hits: hits(24), total: 50 }).ask(2)).toMatchObject({
      total: 50,
      near: 0,
      pages: 3,
      hits: { length: 2 },
    });
    expect(await service({ hits: hits(24), total: 5_000 }).ask()).toMatchObject({ total: 5_000, pages: 42 });
    expect(await service({ hits: hits(24), mode: 'vector' }).ask()).toMatchObject({
      total: undefined,
      near: 0,
      pages: 2,
    });
  });

  it('is nothing arbitrary where no document has the words', async () => {
    const { asked, ask } = service({ hits: hits(24), total: 0 }, { hits: hits(2) });
    expect(await ask()).toMatchObject({ total: 0, near: 2, hits: { length: 2 } });
    expect(asked).toMatchObject([{ total: true }, { text: 'hose', minCosine: 0.4, total: false }]);
  });

  it('is marked where it is what was asked for', () => {
    const fragments = [{ text: 'red hose', spans: [[4, 8] as [number, number], [0, 3] as [number, number]] }];
    const hit = { highlights: [{ field: 'title', fragments }] };
    expect(markedPieces('a red hose!', 'title', hit)).toEqual([
      { text: 'a ', marked: false },
      { text: 'red', marked: true },
      { text: ' ', marked: false },
      { text: 'hose', marked: true },
      { text: '!', marked: false },
    ]);
    expect(markedPieces('another', 'title', hit)).toEqual([{ text: 'another', marked: false }]);
  });

  it('names the pages at both ends and those near', () => {
    expect(namedPages(0, 1)).toEqual([0]);
    expect(namedPages(6, 20)).toEqual([0, undefined, 4, 5, 6, 7, 8, undefined, 19]);
    expect(namedPages(2, 5)).toEqual([0, 1, 2, 3, 4]);
  });
});
