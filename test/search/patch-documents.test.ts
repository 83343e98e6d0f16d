import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openIndex } from '../../src/search/open-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from './fixture.js';

/** A model that reads titles alone, says so, and counts the documents that it embeds. */
function titleModel() {
  let embedded = 0;
  const model = letterModel();
  return {
    ...model,
    count: () => embedded,
    embedDocuments: async (documents: readonly DocumentRow[]) => {
      embedded += documents.length;
      return model.embedDocuments(documents);
    },
    readsSame: (before: DocumentRow, after: DocumentRow) => before.title === after.title,
  };
}

let root: string;
let places = 0;
const opened: WritableIndex[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-patch-'));
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
});
afterAll(() => rm(root, { recursive: true, force: true }));

const hose: DocumentRow = {
  id: 'hose',
  title: 'garden hose',
  price: 20,
  stock: 3,
  specs: { length: 25, colour: 'green' },
};

async function open() {
  const folder = join(root, String(places++));
  const model = titleModel();
  const documents = [hose, { id: 'lamp', title: 'desk lamp', price: 9 }];
  await buildIndex({ documents, embedder: model, indexing: indexing(), out: folder });
  const index = await openWritableIndex(folder, { embedder: model, saveEveryMs: 1e9 });
  opened.push(index);
  return { folder, index, model };
}

const idsWhere = async (index: WritableIndex, field: string, max: number) => {
  const filter = [{ range: { field, max } }];
  return (await index.search({ text: '', k: 9, mode: 'token', filter })).hits.map(({ id }) => id);
};

describe('a patch', () => {
  it('changes what it names, is found when it is answered, and stays', async () => {
    const { folder, index } = await open();
    expect(await idsWhere(index, 'price', 10)).toEqual(['lamp']);
    const sequence = await index.write([
      { patch: { id: 'hose', price: 7.5, stock: null, specs: { colour: 'blue', weight: 2 } } },
    ]);
    expect(sequence).toBe(2);
    const patched = { id: 'hose', title: 'garden hose', price: 7.5, specs: { length: 25, colour: 'blue', weight: 2 } };
    expect(await index.get('hose')).toEqual(patched);
    expect(await idsWhere(index, 'price', 10)).toEqual(['hose', 'lamp']);
    expect(await idsWhere(index, 'stock', 10)).toEqual([]);
    const reader = await openIndex(folder, { embedder: letterModel() });
    expect(await reader.get('hose')).toEqual(patched);
    await reader.close();
  });

  it('embeds nothing where the model reads the same as before, and anew where it does not', async () => {
    const { index, model } = await open();
    const [before, made] = [index.embedding('hose'), model.count()];
    for (let price = 0; price < 20; price++) await index.write([{ patch: { id: 'hose', price } }]);
    expect(model.count()).toBe(made);
    expect(index.embedding('hose')).toEqual(before);
    const [nearest] = (await index.search({ text: 'garden hose', k: 1, mode: 'vector' })).hits;
    expect([nearest.id, nearest.document.price]).toEqual(['hose', 19]);
    await index.write([{ patch: { id: 'hose', title: 'zebra' } }]);
    expect(model.count()).toBe(made + 1);
    expect((await index.search({ text: 'zebra', k: 1, mode: 'vector' })).hits[0].id).toBe('hose');
    expect((await index.search({ text: 'garden', k: 1, mode: 'token' })).hits).toEqual([]);
  });

  it('loses no field to another one at the same time, nor to a document that is put', async () => {
    const { index } = await open();
    const writes = Array.from({ length: 60 }, (_, i) => index.write([{ patch: { id: 'hose', [`f${i}`]: i } }]));
    await Promise.all(writes);
    const fields = Object.fromEntries(writes.map((_, i) => [`f${i}`, i]));
    expect(await index.get('hose')).toEqual({ ...hose, ...fields });
    await Promise.all([
      index.put([{ id: 'hose', title: 'drip hose' }]),
      index.write([{ patch: { id: 'hose', price: 1 } }]),
      index.delete(['lamp']),
      index.put([{ id: 'lamp', title: 'floor lamp' }]),
      index.write([{ patch: { id: 'lamp', price: 2 } }]),
    ]);
    expect(await index.get('hose')).toEqual({ id: 'hose', title: 'drip hose', price: 1 });
    expect(await index.get('lamp')).toEqual({ id: 'lamp', title: 'floor lamp', price: 2 });
  });

  it('sees what the changes before it in one commit did', async () => {
    const { index } = await open();
    const sequence = await index.write([
      { put: { id: 'new', title: 'rake', price: 1 } },
      { patch: { id: 'new', title: 'leaf rake' } },
      { patch: { id: 'new', stock: 4 } },
    ]);
    expect(sequence).toBe(2);
    expect(await index.get('new')).toEqual({ id: 'new', title: 'leaf rake', price: 1, stock: 4 });
    expect((await index.search({ text: 'leaf rake', k: 1, mode: 'vector' })).hits[0].id).toBe('new');
  });

  it.each([
    ['an id that nobody has', { id: 'none', price: 1 }, 'request/not-found'],
    ['a title taken away', { id: 'hose', title: null }, 'data/malformed-row'],
    ['a price that is none', { id: 'hose', price: 'much' }, 'data/malformed-row'],
    ['a language that is none', { id: 'hose', language: '../etc' }, 'text/bad-language'],
    ['a number without end', { id: 'hose', specs: { length: Infinity } }, 'data/malformed-row'],
    ['a prototype', JSON.parse('{"id":"hose","__proto__":{"a":1}}'), 'data/malformed-row'],
    ['no id', { price: 1 }, 'data/malformed-row'],
    ['an id of null', { id: null, price: 1 }, 'data/malformed-row'],
    ['no object', [1], 'data/malformed-row'],
  ])('is refused for %s, and nothing of its commit changes', async (_name, patch, code) => {
    const { index } = await open();
    await expect(index.write([{ patch: { id: 'lamp', price: 1 } }, { patch }])).rejects.toMatchObject({ code });
    expect([await index.get('hose'), (await index.get('lamp'))?.price, await index.count()]).toEqual([hose, 9, 2]);
  });

  it('among others is made or refused by itself', async () => {
    const { index } = await open();
    const results = await index.writeEach([
      { patch: { id: 'none', price: 1 } },
      { patch: { id: 'lamp', price: 1 } },
      { delete: 'hose' },
      { patch: { id: 'hose', price: 2 } },
    ]);
    expect(results.map(result => (result instanceof TandemError ? result.code : result))).toEqual([
      'request/not-found',
      2,
      2,
      'request/not-found',
    ]);
    expect((await index.get('lamp'))?.price).toBe(1);
    expect(await index.writeEach([])).toEqual([]);
    const nothing = await index.writeEach([{ patch: { id: 'none', price: 1 } }]);
    expect(nothing[0]).toMatchObject({ code: 'request/not-found' });
  });
});
