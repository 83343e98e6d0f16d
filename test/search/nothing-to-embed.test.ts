import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { repairIndex } from '../../src/search/repair-index.js';
import type { SearchMode } from '../../src/search/request.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { indexing, makeDocuments, readingModel } from './fixture.js';

const model = readingModel();
const unread = [
  { id: 'u1', title: '!!!', brand: 'brand 1' },
  { id: 'u2', title: '\u{1F600}' },
];
let folder: string;
let copies = 0;
// vectors searched exactly, and through a graph
const kinds = [
  ['flat', 1000],
  ['hnsw', 10],
] as const;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-unread-'));
  for (const [kind, exactBelow] of kinds) {
    const settings = indexing({ exactBelow, fusionWeight: 0.5 });
    const documents = [...makeDocuments(60), ...unread];
    await buildIndex({ documents, embedder: model, indexing: settings, out: join(folder, kind) });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(kind: string): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(join(folder, kind), path, { recursive: true });
  return path;
}

describe.each(kinds)('what a model cannot read, vectors %s', kind => {
  it('as a query has no place in a vector answer: hybrid is the token side alone, with its own scores', async () => {
    const index = await openIndex(join(folder, kind), { embedder: model });
    const ask = async (text: string, mode: SearchMode, k = 5) => {
      const { took: _, ...answer } = await index.search({ text, mode, k });
      return answer;
    };
    for (const text of ['!!!', '\u{1F600}', '\u200b', '   ', '?!']) {
      const alone = await ask(text, 'token');
      expect(await ask(text, 'hybrid')).toEqual({
        ...alone,
        warnings: ['text: the model can read nothing in it; the tokens answered alone'],
      });
      expect(await ask(text, 'vector')).toEqual({
        hits: [],
        mode: 'vector',
        warnings: ['text: the model can read nothing in it; mode vector has no hits for it'],
      });
    }
    // no more than k, though hybrid asks the token side for 200 candidates
    const many = await index.search({ text: '+++', tokens: ['red'], mode: 'hybrid', k: 3 });
    expect(many.hits).toEqual((await index.search({ text: '+++', tokens: ['red'], mode: 'token', k: 3 })).hits);
    expect(many.hits).toHaveLength(3);
    const read = await ask('red saw', 'hybrid');
    expect([read.mode, read.warnings]).toEqual(['hybrid', undefined]);
    await index.close();
  });

  it('as a request without words misses none in hybrid, and is refused in vector mode', async () => {
    const index = await openIndex(join(folder, kind), { embedder: model });
    const filter = [{ terms: { field: 'brand', values: ['brand 1'] } }];
    const hybrid = await index.search({ text: '', filter, mode: 'hybrid', k: 50 });
    expect([hybrid.mode, hybrid.warnings]).toEqual(['token', undefined]);
    expect(hybrid.hits.map(({ id }) => id)).toContain('u1');
    await expect(index.search({ text: '', filter, mode: 'vector', k: 5 })).rejects.toMatchObject({
      code: 'request/invalid',
    });
    await index.close();
  });

  it('as a document is stored and found by its words, never by its vector, filtered, exactly or not', async () => {
    expect(await readManifest(join(folder, kind))).toMatchObject({ documents: 62, nothingToEmbed: 2 });
    const index = await openIndex(join(folder, kind), { embedder: model });
    const filter = [{ terms: { field: 'brand', values: ['brand 1'] } }];
    const { embedding } = await model.embedQuery({ text: 'red saw' });
    const exact = index.nearest(embedding, 100, { exact: true });
    expect(exact.filter(({ id }) => id.startsWith('u'))).toEqual([]);
    expect(exact).toHaveLength(60);
    for (const request of [{ k: 100 }, { k: 100, filter }]) {
      const { vector } = await index.retrieve({ text: 'red saw', mode: 'vector', ...request });
      const ids = vector.map(({ id }) => id);
      expect(ids.filter(id => id.startsWith('u'))).toEqual([]);
      expect(ids.length).toBe('filter' in request ? 60 - (await others(index)) : 60);
    }
    expect(await index.get('u1')).toEqual(unread[0]);
    await index.close();
  });

  async function others(index: Awaited<ReturnType<typeof openIndex>>): Promise<number> {
    let count = 0;
    for (const id of index.ids()) if (id.startsWith('d') && (await index.get(id))?.brand !== 'brand 1') count++;
    return count;
  }

  it('enters when it becomes readable and leaves when it no longer is; counts hold through saving, replay and repair', async () => {
    const path = await copy(kind);
    const counts = async () => {
      const { nothingToEmbed, documents, problems } = await checkIndex(path);
      return { nothingToEmbed, documents, problems };
    };
    const ids = async (index: Awaited<ReturnType<typeof openIndex>>) =>
      (await index.search({ text: 'zebra', mode: 'vector', k: 100 })).hits.map(({ id }) => id);
    const writer = await openWritableIndex(path, { embedder: model, saveEveryMs: 1e9 });
    await writer.put([
      { id: 'u1', title: 'zebra' },
      { id: 'd0', title: '...' },
      { id: 'd1', title: '?' },
      { id: 'u3', title: '-' },
    ]);
    await writer.delete(['u2', 'd1']);
    // not saved yet: another opening replays
    const reader = await openIndex(path, { embedder: model });
    for (const index of [writer, reader]) {
      expect((await ids(index))[0]).toBe('u1');
      expect(await ids(index)).toHaveLength(59);
    }
    await reader.close();
    const wanted = { nothingToEmbed: 2, documents: 61, problems: [] };
    expect(await counts()).toEqual(wanted);
    await writer.close();
    expect(await counts()).toEqual(wanted);
    expect(await readManifest(path)).toMatchObject({ revision: 1, documents: 61, nothingToEmbed: 2 });
    expect(await repairIndex(path, model)).toMatchObject({ revision: 2, documents: 61, nothingToEmbed: 2 });
    expect(await counts()).toEqual(wanted);
  });

  it('leaves and enters while vectors are being saved', async () => {
    const path = await copy(kind);
    const writer = await openWritableIndex(path, { embedder: model, saveEveryMs: 1e9 });
    await writer.put([{ id: 'new', title: 'numbat' }]);
    const saving = writer.save();
    await writer.put([
      { id: 'd2', title: '!' },
      { id: 'u2', title: 'zebra' },
      { id: 'new', title: '?' },
    ]);
    const answer = await writer.search({ text: 'zebra', mode: 'vector', k: 100 });
    expect(answer.hits[0].id).toBe('u2');
    // 60 and u2, less d2
    expect(answer.hits).toHaveLength(60);
    await saving;
    await writer.close();
    expect(await checkIndex(path)).toMatchObject({ nothingToEmbed: 3, documents: 63, problems: [] });
  });
});
