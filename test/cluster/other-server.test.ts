import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { type ClusterIndex, openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { indexing } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const index = newIndexName();
const opened: ClusterIndex[] = [];
beforeAll(async () => {
  const documents = [
    { id: 'a', title: 'zebra rug', brand: 'Acme Rugs' },
    { id: 'b', title: 'asp.net book' },
  ];
  await buildClusterIndex({ urls, index, documents, indexing: indexing(), replicas: 0 });
  // statistics and settings are not looked at again within this test
  for (let i = 0; i < 2; i++) opened.push(await openClusterIndex({ urls, index, keptMs: 600_000 }));
});
afterAll(async () => {
  for (const each of opened) await each.close();
  await dropIndexes([index]);
});

describe('what another server writes', () => {
  it.each([
    ['a prefix', { text: 'zebr*', syntax: 'query' }],
    ['a word with edits', { text: 'zebta~2', syntax: 'query' }],
    ['words of an attribute', { query: { all: {} }, filter: [{ words: { field: 'brand', values: ['acme'] } }] }],
  ] as const)('is found at once by %s that was asked before', async (name, request) => {
    const [own, other] = opened;
    const ids = async () => (await own.search({ ...request, mode: 'token' })).hits.map(({ id }) => id).sort();
    expect(await ids()).toEqual(['a']);
    await other.write([{ put: { id: 'z', title: 'zebru lamp', brand: 'Acme Lamps' } }]);
    expect(await ids(), name).toEqual(['a', 'z']);
    await other.write([{ delete: 'z' }]);
  });
});
