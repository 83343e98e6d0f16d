import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import instantsearch from 'instantsearch.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createClient, TandemClientError } from '../../src/client/index.js';
import { resultsOf } from '../../src/client/instantsearch/results.js';
import { createSearchClient, type SearchClient, type WidgetParams } from '../../src/client/instantsearch.js';
import type { SearchResponse } from '../../src/search/backend.js';

const documents = [
  {
    id: 'a',
    title: 'Pavilion notebook',
    brand: 'HP',
    price: 10,
    tags: ['light', 'thin'],
    sold: true,
    place: { lat: 52.5, lon: 13.4 },
  },
  {
    id: 'b',
    title: 'Elite notebook',
    brand: 'hp-inc',
    price: 20,
    tags: ['light'],
    sold: false,
    place: { lat: 48.1, lon: 11.6 },
  },
  { id: 'c', title: 'Spectre <b>', brand: '-Acme', price: 30, year: 2020, specs: { colour: 'dark grey' } },
  { id: 'd', title: 'Notebook stand', brand: 'Acme', price: 40, year: 2021 },
];
let folder: string;
let server: Server;
let widgets: SearchClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-widgets-'));
  await buildIndex({ documents, out: join(folder, 'index') });
  server = await createServer({ index: join(folder, 'index'), port: 0 });
  widgets = createSearchClient({ url: server.url, facets: ['brand', 'price'], geoField: 'place' });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (params: WidgetParams, indexName = 'shop') =>
  (await widgets.search([{ indexName, params }])).results[0];
const idsOf = async (params: WidgetParams, indexName?: string) =>
  (await ask(params, indexName)).hits.map(({ objectID }) => objectID);

describe('createSearchClient', () => {
  it('is what instantsearch.js takes, by its types too', () => {
    expect(instantsearch({ indexName: 'shop', searchClient: widgets }).started).toBe(false);
  });

  it('answers each request of a page in its place', async () => {
    const { results } = await widgets.search([
      { indexName: 'shop', params: { query: 'notebook' } },
      { indexName: 'shop:price:desc', params: { query: 'notebook', hitsPerPage: 1 } },
      { indexName: 'shop' },
    ]);
    expect(results.map(({ nbHits, nbPages, hits, index }) => [index, nbHits, nbPages, hits.length])).toEqual([
      ['shop', 3, 1, 3],
      ['shop:price:desc', 3, 3, 1],
      ['shop', 4, 1, 4],
    ]);
    expect(results[1].hits[0].objectID).toBe('d');
  });

  it('asks more than fifty searches in several requests', async () => {
    const { results } = await widgets.search(
      Array.from({ length: 120 }, () => ({ indexName: 'shop', params: { query: 'elite' } })),
    );
    expect(results.map(({ nbHits }) => nbHits)).toEqual(new Array(120).fill(1));
  });

  it.each<[WidgetParams, string[]]>([
    [{ facetFilters: 'brand:HP' }, ['a']],
    [{ facetFilters: ['brand:HP'] }, ['a']],
    [{ facetFilters: [['brand:HP', 'brand:Acme']] }, ['a', 'd']],
    [{ facetFilters: [['brand:HP', 'year:2020']] }, ['a', 'c']],
    [{ facetFilters: ['tags:light', 'tags:thin'] }, ['a']],
    [{ facetFilters: ['brand:-HP'] }, ['b', 'c', 'd']],
    [{ facetFilters: ['brand:\\-Acme'] }, ['c']],
    [{ facetFilters: ['sold:true'] }, ['a']],
    [{ facetFilters: ['year:2021'] }, ['d']],
    [{ facetFilters: ['specs.colour:dark grey'] }, ['c']],
    [{ numericFilters: ['price>=20', 'price<=30'] }, ['b', 'c']],
    [{ numericFilters: 'price:15 TO 30' }, ['b', 'c']],
    [{ numericFilters: ['price>20'] }, ['c', 'd']],
    [{ numericFilters: ['price<20'] }, ['a']],
    [{ numericFilters: ['price!=20'] }, ['a', 'c', 'd']],
    [{ numericFilters: [['price=10', 'price = 40']] }, ['a', 'd']],
    [{ aroundLatLng: '52.5, 13.4', aroundRadius: 1000 }, ['a']],
    [{ insideBoundingBox: '53,10,47,12' }, ['b']],
    [
      {
        insideBoundingBox: [
          [53, 10, 47, 12],
          [53, 13, 52, 14],
        ],
      },
      ['a', 'b'],
    ],
  ])('filters by %j', async (params, ids) => {
    expect(await idsOf(params)).toEqual(ids);
  });

  it('counts facets, and knows the ends of numbers', async () => {
    const { facets, facets_stats: stats, hits } = await ask({ query: 'notebook', facets: ['*'], hitsPerPage: 0 });
    expect(facets).toEqual({ brand: { Acme: 1, HP: 1, 'hp-inc': 1 }, price: { 10: 1, 20: 1, 40: 1 } });
    expect(stats.price).toMatchObject({ min: 10, max: 40 });
    expect(hits).toEqual([]);
    expect((await ask({ facets: ['brand'], maxValuesPerFacet: 1 })).facets.brand).toEqual({ '-Acme': 1 });
  });

  it('marks what matches, in whatever attribute', async () => {
    const { hits } = await ask({ query: 'grey spectre', highlightPreTag: '[', highlightPostTag: ']' });
    const shown = hits[0]._highlightResult;
    expect(shown.title).toEqual({ value: '[Spectre] <b>', matchLevel: 'partial', matchedWords: ['Spectre'] });
    expect(shown.specs).toEqual({ colour: { value: 'dark [grey]', matchLevel: 'partial', matchedWords: ['grey'] } });
    expect(shown.brand).toMatchObject({ value: '-Acme', matchLevel: 'none' });
  });

  it('gives each page its part, and none behind the last', async () => {
    const pages = [0, 1, 2, 3].map(page => idsOf({ query: 'notebook', hitsPerPage: 1, page }));
    const found = await Promise.all(pages);
    expect(found.flat().sort()).toEqual(['a', 'b', 'd']);
    expect(found[3]).toEqual([]);
    expect(await idsOf({ hitsPerPage: 100, page: 10 })).toEqual([]);
  });

  it('finds words that begin as the last one does', async () => {
    expect(await idsOf({ query: 'pa' })).toEqual(['a']);
  });

  it('says of an answer how many pages there are to go to, where to go, and what widgets have no place for', () => {
    const response: SearchResponse = {
      ...{ hits: [], mode: 'token', took: { total: 1 }, total: 5_000, suggestion: 'hose', redirect: '/help.html' },
      ...{ rules: [{ id: 'help', actions: ['redirect'] }], warnings: ['no field'] },
    };
    const results = resultsOf({ indexName: 'shop', params: { query: 'hsoe', hitsPerPage: 20 } }, response);
    expect([results.nbHits, results.nbPages]).toEqual([5_000, 50]);
    expect(results.renderingContent).toEqual({ redirect: { url: '/help.html' } });
    expect(results.tandem).toEqual({
      ...{ mode: 'token', suggestion: 'hose', warnings: ['no field'] },
      rules: [{ id: 'help', actions: ['redirect'] }],
    });
  });

  it('takes filters in lists as deep as they are given', async () => {
    expect(await idsOf({ facetFilters: [['brand:HP', ['brand:Acme']], [['price:10']]] })).toEqual(['a']);
  });

  it('searches the values of a facet', async () => {
    const [{ facetHits }] = await widgets.searchForFacetValues([
      {
        indexName: 'shop',
        params: { facetName: 'brand', facetQuery: 'HP', highlightPreTag: '[', highlightPostTag: ']' },
      },
    ]);
    expect(facetHits).toEqual([
      { value: 'HP', highlighted: '[HP]', count: 1 },
      { value: 'hp-inc', highlighted: '[hp]-inc', count: 1 },
    ]);
    const [within] = await widgets.searchForFacetValues([
      { indexName: 'shop', params: { facetName: 'brand', facetQuery: 'h', query: 'elite' } },
    ]);
    expect(within.facetHits.map(({ value }) => value)).toEqual(['hp-inc']);
    // as version 5 of the client asks
    const of = { facetQuery: 'h', params: 'query=elite&hitsPerPage=2' };
    const one = await widgets.searchForFacetValues({
      indexName: 'shop',
      facetName: 'brand',
      searchForFacetValuesRequest: of,
    });
    expect(one.facetHits).toEqual(within.facetHits);
    expect((await widgets.searchForFacetValues({ indexName: 'shop', facetName: 'brand' })).facetHits).toHaveLength(4);
  });

  it('asks what the page wants of every search', async () => {
    const filtered = createSearchClient({
      client: createClient({ url: server.url }),
      request: { filter: [{ range: { field: 'price', max: 20 } }] },
    });
    const { results } = await filtered.search([
      { indexName: 'shop', params: { query: 'notebook', facetFilters: ['brand:-HP'] } },
    ]);
    expect(results[0].hits.map(({ objectID }) => objectID)).toEqual(['b']);
  });

  it('refuses what it cannot do, and tells what the service refuses', async () => {
    await expect(ask({ filters: 'price > 10' })).rejects.toThrow(/^filters: write them as a filter of Tandem/);
    await expect(ask({ numericFilters: ['price ~ 3'] })).rejects.toThrow(/^numericFilters: expected/);
    await expect(ask({ facetFilters: ['brand'] })).rejects.toThrow(/^facetFilters: expected/);
    await expect(ask({ query: 'x'.repeat(5_000) })).rejects.toBeInstanceOf(TandemClientError);
  });
});
