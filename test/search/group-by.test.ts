import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import type { Hit } from '../../src/search/backend.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openIndex } from '../../src/search/open-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { graphFault } from '../../src/vector/hnsw-index.js';
import { indexing, letterModel } from './fixture.js';

const colours = ['red', 'blue', 'green', 'black', 'white', 'grey'];
const nouns = ['hammer', 'lamp', 'saw', 'shelf', 'drill', 'brush', 'paint', 'valve'];

/** Products with very many variants, and some documents that are variants of nothing. */
const documents: readonly DocumentRow[] = [
  ...Array.from({ length: 2_400 }, (_, i) => {
    const product = i % 8;
    return { id: `v${i}`, title: `${colours[i % 6]} ${nouns[product]} ${i >> 3}`, product: `P${product}`, year: i % 3 };
  }),
  ...Array.from({ length: 1_200 }, (_, i) => ({
    id: `h${i}`,
    title: `${colours[i % 6]} hammer ${i + 300}`,
    product: 'P0',
    year: i % 3,
  })),
  { id: 'alone-1', title: 'red hammer of its own' },
  { id: 'alone-2', title: 'red hammer by itself', product: null },
];
let folder: string;
let index: WritableIndex;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'tandem-groups-')), 'index');
  const embedder = letterModel();
  const settings = { candidates: 20, exactBelow: 100, hnsw: { m: 8, efConstruction: 60, ef: 40 }, fusionWeight: 0.4 };
  await buildIndex({ documents, embedder, indexing: indexing(settings), out: folder });
  index = await openWritableIndex(folder, { embedder });
});
afterAll(async () => {
  await index.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

const productsOf = (hits: readonly Hit[]): unknown[] => hits.map(({ group }) => group?.value);
const groupBy = { field: 'product' };

describe('groupBy', () => {
  it.each(['token', 'vector', 'hybrid'] as const)(
    'finds every group in mode %s, however many variants the first ones have',
    async mode => {
      // every word of the products, so that the token side matches all of them
      const text = ['red', ...nouns].join(' ');
      const { hits } = await index.search({ text, mode, groupBy, k: 100 });
      expect(
        productsOf(hits)
          .filter(product => product !== undefined)
          .sort(),
      ).toEqual(Array.from({ length: 8 }, (_, i) => `P${i}`));
      expect(
        hits
          .filter(({ group }) => group === undefined)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(['alone-1', 'alone-2']);
      for (const { group } of hits)
        if (group !== undefined)
          expect(group.count).toBe(mode === 'vector' ? undefined : group.value === 'P0' ? 1_500 : 300);
      for (const k of [1, 3, 7])
        expect((await index.search({ text, mode, groupBy, k })).hits).toEqual(hits.slice(0, k));
      const pages = [];
      for (let page = await index.search({ text, mode, groupBy, k: 4, pages: true }); ; ) {
        pages.push(...page.hits);
        if (page.cursor === undefined) break;
        page = { ...page, cursor: undefined, ...(await index.next(page.cursor, 4)) };
      }
      expect(pages).toEqual(hits);
      const pairs = (await index.search({ text, mode, groupBy: { ...groupBy, size: 2 }, k: 100 })).hits;
      expect(pairs).toHaveLength(18);
    },
  );

  it.each(['vector', 'hybrid'] as const)(
    'looks past a group in which all that is near lies, in mode %s',
    async mode => {
      const { hits } = await index.search({ text: 'hammer', mode, groupBy, k: 100 });
      expect(new Set(productsOf(hits)).size).toBe(9);
      const beyond = await index.search({ text: 'hammer', mode, k: 1000 });
      expect(beyond.hits.some(({ document }) => document.product === 'P4')).toBe(false);
      for (const k of [1, 4])
        expect((await index.search({ text: 'hammer', mode, groupBy, k })).hits).toEqual(hits.slice(0, k));
      hits.forEach(({ score }, i) => {
        if (i > 0) expect(score).toBeLessThanOrEqual(hits[i - 1].score);
      });
    },
  );

  it('counts the documents that the token side matches, under the filter, or none where that is not wanted', async () => {
    const asked: SearchRequest = { text: 'red lamp', mode: 'hybrid', groupBy, k: 1 };
    expect((await index.search(asked)).hits[0].group).toEqual({ value: 'P1', count: 300 });
    const filter = [{ terms: { field: 'year', values: [1] } }];
    const inYear = documents.filter(({ product, year }) => product === 'P1' && year === 1).length;
    expect((await index.search({ ...asked, filter })).hits[0].group).toEqual({ value: 'P1', count: inYear });
    const uncounted = { ...asked, groupBy: { ...groupBy, count: false } };
    expect((await index.search(uncounted)).hits[0].group).toEqual({ value: 'P1' });
  });

  it('groups by numbers, under a sort, and with nothing but a filter', async () => {
    const years = await index.search({
      filter: [{ exists: { field: 'year' } }],
      sort: [{ field: 'year', order: 'descending' }],
      groupBy: { field: 'year' },
    });
    expect(years.hits.map(({ group }) => group)).toEqual([2, 1, 0].map(value => ({ value, count: 1_200 })));
  });

  it('asks the tokens alone where there is nothing to embed', async () => {
    const { hits, mode } = await index.search({ text: '', filter: [{ exists: { field: 'product' } }], groupBy, k: 99 });
    expect([mode, hits.length]).toEqual(['token', 8]);
  });

  it('tells of a field that no document has, and refuses what it cannot group by', async () => {
    const { warnings, hits } = await index.search({
      text: 'red lamp',
      mode: 'token',
      groupBy: { field: 'prodct' },
      k: 2,
    });
    expect(warnings).toEqual(['groupBy: no document has a field `prodct`; did you mean `product`?']);
    expect(hits.map(({ group }) => group)).toEqual([undefined, undefined]);
    await expect(index.search({ text: 'x', groupBy: { field: 'title' } })).rejects.toMatchObject({
      code: 'search/bad-filter',
    });
    for (const wrong of [{}, { field: 'a', size: 0 }, { field: 'a', size: 101 }, { field: '' }])
      await expect(index.search({ text: 'x', groupBy: wrong as never })).rejects.toMatchObject({
        code: 'request/invalid',
      });
  });

  it('follows what is written', async () => {
    const asked: SearchRequest = { text: 'red lamp', mode: 'token', groupBy, k: 1 };
    await index.put([{ id: 'new', title: 'red lamp', product: 'P1' }]);
    expect((await index.search(asked)).hits[0]).toMatchObject({ id: 'new', group: { value: 'P1', count: 301 } });
    await index.delete(['new']);
    expect((await index.search(asked)).hits[0]).toMatchObject({ group: { value: 'P1', count: 300 } });
  });

  it('is as deep in an exact index as in a graph', async () => {
    if (graphFault() !== undefined) console.log('no hnswlib here: both are exact');
    const out = join(folder, '..', 'flat');
    const embedder = letterModel();
    await buildIndex({ documents, embedder, indexing: indexing({ exactBelow: 10_000 }), out });
    const flat = await openIndex(out, { embedder });
    const { hits } = await flat.search({ text: 'green saw', mode: 'vector', groupBy, k: 100 });
    expect(hits).toHaveLength(10);
    await flat.close();
  });
});
