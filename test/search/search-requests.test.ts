import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from './fixture.js';

const shoes: readonly DocumentRow[] = [
  { id: '1', title: 'red running shoes', brand: 'Acme', price: 40, specs: { weight: 300 } },
  { id: '2', title: 'blue running shoes', brand: 'Bolt', price: 60, specs: { weight: 250 } },
  { id: '3', title: 'red leather boots', brand: 'Acme', price: 90 },
  { id: '4', title: 'shoes running on batteries', brand: 'Core', price: 20, released: '2026-01-10' },
  { id: '5', title: 'runner for the hall, red', brand: 'Bolt', price: 15, released: '2026-03-01' },
];
const model = letterModel();
let folder: string;
let index: WritableIndex;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'tandem-requests-')), 'index');
  await buildIndex({ documents: shoes, embedder: model, indexing: indexing(), out: folder });
  index = await openWritableIndex(folder, { embedder: model });
});
afterAll(async () => {
  await index.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

const ask = (request: Partial<SearchRequest>) =>
  index.search({ text: '', k: 10, mode: 'token', ...request } as SearchRequest);
const ids = async (request: Partial<SearchRequest>): Promise<string[]> => (await ask(request)).hits.map(({ id }) => id);
const sortedIds = async (request: Partial<SearchRequest>): Promise<string[]> => (await ids(request)).sort();

describe('a request', () => {
  it('reads the text as a bag of words, or in the language of queries', async () => {
    expect(await sortedIds({ text: 'red -boots' })).toEqual(['1', '3', '5']);
    expect(await sortedIds({ text: 'red -boots', syntax: 'query' })).toEqual(['1', '5']);
    expect(await sortedIds({ text: '"running shoes"', syntax: 'query' })).toEqual(['1', '2']);
    expect(await sortedIds({ text: '+shoes price:[30 TO 50]', syntax: 'query' })).toEqual(['1']);
    expect(await sortedIds({ text: 'title:boots brand:Acme', syntax: 'query' })).toEqual(['3']);
  });

  it('takes a tree in place of the text', async () => {
    const query = { bool: { must: [{ bag: { text: 'shoes' } }], mustNot: [{ bag: { text: 'blue' } }] } };
    expect(await sortedIds({ query })).toEqual(['1', '4']);
    await expect(ask({ query: { bag: { text: 'a', boost: -1 } } })).rejects.toMatchObject({ code: 'request/invalid' });
  });

  it('holds what a query demands against what the vectors find too', async () => {
    for (const mode of ['vector', 'hybrid'] as const) {
      expect(await sortedIds({ text: 'red shoes', mode })).toEqual(['1', '2', '3', '4', '5']);
      expect(await sortedIds({ text: 'red shoes -boots', syntax: 'query', mode })).toEqual(['1', '2', '4', '5']);
      expect(await sortedIds({ text: 'red shoes price:>30', syntax: 'query', mode })).toEqual(['1', '2', '3']);
    }
  });

  it('sorts by attributes, what has none last, and then asks the token side alone', async () => {
    const { hits, mode } = await ask({ text: 'red', mode: 'hybrid', sort: [{ field: 'price', order: 'descending' }] });
    expect([mode, hits.map(({ id }) => id)]).toEqual(['token', ['3', '1', '5']]);
    expect(await ids({ sort: [{ field: 'specs.weight', order: 'ascending' }] })).toEqual(['2', '1', '3', '4', '5']);
    expect(await ids({ sort: [{ field: 'released', order: 'descending' }] })).toEqual(['5', '4', '1', '2', '3']);
    await expect(
      ask({ text: 'red', mode: 'vector', sort: [{ field: 'price', order: 'ascending' }] }),
    ).rejects.toMatchObject({
      code: 'request/invalid',
    });
  });

  it('counts facets and the total over all that match, whatever k is', async () => {
    const { hits, total, facets } = await ask({
      text: 'red',
      k: 1,
      total: true,
      facets: [{ field: 'brand' }, { field: 'price', ranges: [{ to: 40 }, { from: 40 }] }],
    });
    expect([hits.length, total]).toEqual([1, 3]);
    expect(facets).toEqual([
      {
        field: 'brand',
        values: [
          { value: 'Acme', count: 2 },
          { value: 'Bolt', count: 1 },
        ],
        documents: 3,
      },
      {
        field: 'price',
        ranges: [
          { to: 40, count: 1 },
          { from: 40, count: 2 },
        ],
        documents: 3,
      },
    ]);
  });

  it('multiplies by score functions', async () => {
    const cheap = { saturation: { field: 'price', pivot: 50, weight: 3 } };
    const [plain, weighed] = [await ask({ text: 'shoes' }), await ask({ text: 'shoes', functions: [cheap] })];
    const score = new Map(plain.hits.map(hit => [hit.id, hit.score]));
    for (const { id, score: multiplied, document } of weighed.hits) {
      const price = document.price as number;
      expect(multiplied).toBeCloseTo(score.get(id)! * (1 + (3 * price) / (price + 50)), 12);
    }
  });

  it('explains the score of a hit to the last bit', async () => {
    for (const request of [{ text: 'red shoes' }, { text: '+shoes -blue "running shoes"', syntax: 'query' as const }]) {
      for (const { id, score } of (await ask(request)).hits) {
        expect((await index.explain({ ...request, k: 1, mode: 'token' }, id))?.value).toBe(score);
      }
    }
    expect(await index.explain({ text: 'red', k: 1, mode: 'token' }, 'nope')).toBeUndefined();
  });

  it('shows the passages that match', async () => {
    const { hits } = await ask({ text: 'runs', k: 2, highlight: {} });
    for (const { document, highlights = [] } of hits) {
      const [{ field, fragments }] = highlights;
      expect(field).toBe('title');
      const [{ text, spans }] = fragments;
      expect(text).toBe(document.title);
      expect(spans.map(([start, end]) => text.slice(start, end))).toEqual(['running']);
    }
  });

  it('suggests what may have been meant by a word that no document holds, operators or not', async () => {
    await index.put(['a', 'b', 'c'].map(id => ({ id, title: 'leather wallet' })));
    for (const syntax of ['plain', 'query'] as const) {
      expect((await ask({ text: 'lether wallet', syntax })).suggestion).toBe('leather wallet');
      expect((await ask({ text: 'leather wallet', syntax })).suggestion).toBeUndefined();
    }
    await index.delete(['a', 'b', 'c']);
  });

  it('refuses to ask nothing', async () => {
    await expect(ask({})).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(ask({ filter: [{ exists: { field: 'price' } }], mode: 'vector' })).rejects.toMatchObject({
      code: 'request/invalid',
    });
    expect(await ids({ filter: [{ exists: { field: 'released' } }], mode: 'hybrid' })).toEqual(['4', '5']);
  });
});

describe('pages', () => {
  it('stand still while documents are written', async () => {
    const first = await ask({ text: 'shoes boots runner', k: 2, pages: true });
    const all = (await ids({ text: 'shoes boots runner' })).slice();
    await index.put([{ id: '6', title: 'shoes shoes boots runner', price: 1 }]);
    await index.delete([all[2]]);
    const second = await index.next(first.cursor!, 2);
    const seen = [...first.hits, ...second.hits].map(({ id }) => id);
    expect(seen).toEqual([all[0], all[1], all[3], all[4]]);
    expect(second.cursor).toBeUndefined();
    await expect(index.next('x'.repeat(22), 2)).rejects.toMatchObject({ code: 'search/cursor-expired' });
    await index.delete(['6']);
    await index.put([shoes[Number(all[2]) - 1]]);
  });
});
