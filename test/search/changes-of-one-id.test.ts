import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

const documents = makeDocuments(80);
let folder: string;
let index: WritableIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-one-id-'));
  // a model that says which changes it does not see, so that their embeddings are kept
  const embedder = { ...letterModel(), readsSame: (a: DocumentRow, b: DocumentRow) => a.title === b.title };
  await buildIndex({ documents, embedder, indexing: indexing(), out: join(folder, 'index') });
  index = await openWritableIndex(join(folder, 'index'), { embedder });
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

const cosineOf = ({ id, title }: DocumentRow): number | undefined =>
  index.nearest(embedText(title), 100).find(hit => hit.id === id)?.score;

it('a document that is deleted and put again in one batch is found by its vector', async () => {
  const [document] = documents;
  await index.write([{ delete: document.id }, { put: document }, { patch: { id: 'd1', price: 3 } }]);
  expect(cosineOf(document)).toBeCloseTo(1);
});

it('a document that is changed and changed back in one batch has the vector of its last text', async () => {
  const document = documents[5];
  await index.write([
    { patch: { id: document.id, title: 'zzzz qqqq' } },
    { patch: { id: document.id, title: document.title } },
  ]);
  expect(cosineOf(document)).toBeCloseTo(1);
});

it('whoever sees some documents alone writes the same', async () => {
  const document = documents[7];
  const writer = index.filteredWriter([{ terms: { field: 'brand', values: [String(document.brand)] } }]);
  await writer.write([{ delete: document.id }, { put: document }]);
  expect(cosineOf(document)).toBeCloseTo(1);
});
