import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createSearchClient, type SearchClient } from '../../src/client/instantsearch.js';

let folder: string;
let server: Server;
let widgets: SearchClient;
const lost: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-widgets-collections-'));
  const build = (name: string, documents: object[]) =>
    buildIndex({ documents: documents as never, out: join(folder, 'indexes', name) });
  await build('products', [
    { id: '1', title: 'Garden hose', brand: 'Velora', price: 20 },
    { id: '2', title: 'Garden rake', brand: 'Ardent', price: 10 },
  ]);
  await build('articles', [{ id: '1', title: 'Watering a garden', brand: 'the editors' }]);
  server = await createServer({ root: join(folder, 'indexes'), events: join(folder, 'events'), port: 0 });
  widgets = createSearchClient({ url: server.url, collections: true, session: 's', onEventsLost: e => lost.push(e) });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('createSearchClient over several collections', () => {
  it('asks for each index of the widgets the collection of its name, each answer in its place', async () => {
    const params = { query: 'garden' };
    const { results } = await widgets.search([
      { indexName: 'articles', params },
      { indexName: 'products:price:asc', params },
      { indexName: 'articles', params: { query: 'hose' } },
      { indexName: 'products', params: { query: 'hose' } },
    ]);
    expect(results.map(({ hits }) => hits.map(({ title }) => title))).toEqual([
      ['Watering a garden'],
      ['Garden rake', 'Garden hose'],
      [],
      ['Garden hose'],
    ]);
    const values = await widgets.searchForFacetValues([{ indexName: 'articles', params: { facetName: 'brand' } }]);
    expect(values[0].facetHits.map(({ value }) => value)).toEqual(['the editors']);
  });

  it('fails where one of them is no collection', async () => {
    await expect(widgets.search([{ indexName: 'none', params: {} }])).rejects.toMatchObject({
      code: 'collection/unknown',
    });
  });

  it('sends events to the collection that they are about, with the place of its own document', async () => {
    const params = { query: 'garden', clickAnalytics: true };
    await widgets.search([
      { indexName: 'products:price:asc', params },
      { indexName: 'articles', params },
    ]);
    widgets.insightsClient('clickedObjectIDsAfterSearch', { index: 'products:price:asc', objectIDs: ['1'] });
    widgets.insightsClient('clickedObjectIDsAfterSearch', { index: 'articles', objectIDs: ['1'] });
    const rowsOf = async (name: string): Promise<{ type: string; documentId: string; rank: number }[]> => {
      const place = join(folder, 'events', name);
      const texts = await Promise.all((await readdir(place)).map(file => readFile(join(place, file), 'utf8')));
      return texts
        .join('')
        .split('\n')
        .filter(line => line.startsWith('{'))
        .map(line => JSON.parse(line));
    };
    const clicks = async (name: string) => (await rowsOf(name)).filter(({ type }) => type === 'click');
    await expect.poll(() => clicks('products'), { timeout: 10_000 }).toMatchObject([{ documentId: '1', rank: 2 }]);
    await expect.poll(() => clicks('articles'), { timeout: 10_000 }).toMatchObject([{ documentId: '1', rank: 1 }]);
    expect(lost).toEqual([]);
  });
});
