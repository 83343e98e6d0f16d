import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { type ClusterIndex, openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { SearchRequest } from '../../src/search/request.js';
import { indexing, letterModel } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

/** More than are ever asked of the cluster for a page: which of them it gives is told by their ids alone, as all are equally good. */
const count = 1_500;
const size = 40;
const shown = 400;
/** In the order in which they are written ids rise in neither shard. */
const ids = Array.from({ length: count }, (_, i) => `d${(i * 7) % count}`);
const expected = ids.toSorted().slice(0, shown);

let index: ClusterIndex;
const names: string[] = [];
beforeAll(async () => {
  const at = { urls: [nodeUrl(1)], index: newIndexName() };
  names.push(at.index);
  const embedder = letterModel();
  const documents = ids.map(id => ({ id, title: 'red hammer' }));
  await buildClusterIndex({ ...at, documents, embedder, indexing: indexing(), shards: 2, replicas: 0 });
  index = await openClusterIndex({ ...at, embedder });
});
afterAll(async () => {
  await index?.close();
  await dropIndexes(names);
});

const found = async (request: SearchRequest): Promise<string[]> =>
  (await index.search(request)).hits.map(({ id }) => id);

describe('pages of documents that are equally good', () => {
  it.each<SearchRequest>([
    { text: 'red hammer', mode: 'token' },
    { text: 'hammer', mode: 'hybrid' },
    { filter: [{ exists: { field: 'id' } }] },
  ])('hold each once, in the order of their ids: %o', async request => {
    const pages: string[] = [];
    for (let from = 0; from < shown; from += size) pages.push(...(await found({ ...request, from, k: size })));
    expect(pages).toEqual(expected);
    const { hits, cursor } = await index.search({ ...request, k: size, pages: true });
    const behind = await index.next(cursor as string, shown - size);
    expect([...hits, ...behind.hits].map(({ id }) => id)).toEqual(expected);
  });
});
