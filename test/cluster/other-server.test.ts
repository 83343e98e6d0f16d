import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { generationNames, indexNames } from '../../serving/backends/opensearch/names.js';
import { type ClusterIndex, openClusterIndex, openGeneration } from '../../serving/backends/opensearch/open.js';
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

  it.each(['umbrella', 'rugcleaner', 'zebras umbrella'])(
    'is found at once by words that nothing held before: %s',
    async text => {
      const [own, other] = opened;
      const ids = async () => (await own.search({ text, mode: 'token' })).hits.map(({ id }) => id);
      const before = await ids();
      expect(await ids()).toEqual(before);
      await other.write([{ put: { id: 'z', title: text } }]);
      expect((await ids())[0]).toBe('z');
      await other.write([{ delete: 'z' }]);
      expect(await ids()).toEqual(before);
    },
  );

  it('is asked beside the documents where the same was asked before', async () => {
    const cluster = openCluster({ urls });
    let rounds = 0;
    const counted: typeof cluster = {
      ...cluster,
      askLines: async (...given) => {
        rounds++;
        return cluster.askLines(...given);
      },
    };
    const [{ generation, meta }] = opened;
    const own = openGeneration(counted, generationNames(generation, indexNames(index)), meta, { keptMs: 600_000 });
    const request = { text: 'zebta rug clener', mode: 'token' } as const;
    const first = await own.search(request);
    expect(rounds).toBeGreaterThan(2);
    rounds = 0;
    const second = await own.search(request);
    expect(rounds).toBe(1);
    expect(second.hits).toEqual(first.hits);
    await own.close();
  });
});
