import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { type ClusterIndex, openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import type { Filter } from '../../src/query/filter.js';
import { indexing, letterModel } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const names: string[] = [];
const opened: ClusterIndex[] = [];
afterAll(async () => {
  for (const index of opened) await index.close();
  await dropIndexes(names);
});

const ofShop = (shop: string): Filter => [{ terms: { field: 'shop', values: [shop] } }];

/** An index with a writer whose documents are embedded between what it reads and what it writes, where another one writes first. */
async function twoWriters(documents: readonly DocumentRow[]) {
  const index = newIndexName();
  names.push(index);
  const model = letterModel();
  const meanwhile: (() => Promise<unknown>)[] = [];
  const embedded: string[][] = [];
  const slow = {
    ...model,
    embedDocuments: async (rows: readonly DocumentRow[]) => {
      embedded.push(rows.map(({ id }) => id));
      await meanwhile.shift()?.();
      return model.embedDocuments(rows);
    },
  };
  await buildClusterIndex({ urls, index, documents, embedder: model, indexing: indexing(), replicas: 0 });
  const [own, other] = await Promise.all(
    [slow, model].map(embedder => openClusterIndex({ urls, index, embedder, keptMs: 60_000 })),
  );
  opened.push(own, other);
  return { own, other, meanwhile, embedded };
}

describe('writes of the same documents at the same time', () => {
  it('a patch is of what the other wrote, and what met nobody is made once', async () => {
    const { own, other, meanwhile, embedded } = await twoWriters([
      { id: 'a', title: 'hose', price: 1 },
      { id: 'b', title: 'lamp', price: 1 },
    ]);
    meanwhile.push(() => other.write([{ patch: { id: 'a', stock: 7 } }]));
    await own.write([
      { patch: { id: 'a', price: 2 } },
      { patch: { id: 'b', price: 2 } },
      { put: { id: 'c', title: 'saw' } },
    ]);
    expect(await own.get('a')).toEqual({ id: 'a', title: 'hose', price: 2, stock: 7 });
    expect(await own.get('b')).toEqual({ id: 'b', title: 'lamp', price: 2 });
    expect(embedded).toEqual([['a', 'b', 'c'], ['a']]);
  });

  it('tells of each change what came of it, in the order of the changes', async () => {
    const { own, other, meanwhile } = await twoWriters([
      { id: 'a', title: 'hose' },
      { id: 'b', title: 'lamp' },
    ]);
    meanwhile.push(() => other.write([{ delete: 'a' }]));
    const [a, none, b] = await own.writeEach([
      { patch: { id: 'a', price: 2 } },
      { patch: { id: 'x', price: 2 } },
      { patch: { id: 'b', price: 2 } },
    ]);
    expect([a, none]).toMatchObject([{ code: 'request/not-found' }, { code: 'request/not-found' }]);
    expect(b).toMatch(/^\d+\.\d+$/);
    expect(await own.get('b')).toMatchObject({ price: 2 });
  });

  it('a key with a filter writes over nothing, and deletes nothing, that it may not see', async () => {
    const { own, other, meanwhile } = await twoWriters([{ id: 'a', title: 'hose', shop: 'one' }]);
    const one = own.filteredWriter(ofShop('one'));
    const foreign = { id: 'x', title: 'lamp', shop: 'two' };
    meanwhile.push(() => other.write([{ put: foreign }]));
    await expect(one.write([{ put: { id: 'x', title: 'hose', shop: 'one' } }])).rejects.toMatchObject({
      code: 'key/id-taken',
    });
    expect(await own.get('x')).toEqual(foreign);
    meanwhile.push(() => other.write([{ put: { ...foreign, id: 'y' } }]));
    await one.write([{ delete: 'y' }, { put: { id: 'a', title: 'new hose', shop: 'one' } }]);
    expect(await own.get('y')).toMatchObject({ shop: 'two' });
    expect(await own.get('a')).toMatchObject({ title: 'new hose' });
  });
});
