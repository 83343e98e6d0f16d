import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing } from '../search/fixture.js';
import { calm, memoryParts } from './memory-backend.js';

let folder: string;
let index: WritableIndex;
let app: App;
let reading: App;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-words-'));
  const documents = [
    { id: 'cpp', title: 'C++ for all' },
    { id: 'zh', title: '消防自動車', language: 'ja' },
  ];
  const synonyms = ['couch, sofa'];
  await buildIndex({ documents, indexing: indexing({ synonyms }), out: join(folder, 'index') });
  index = await openWritableIndex(join(folder, 'index'));
  const parts = {
    backend: index,
    embedder: undefined,
  };
  app = await createApp(memoryParts({ ...parts, writing: index }), {
    admission: calm,
  });
  reading = await createApp(memoryParts(parts), {
    admission: calm,
  });
});
afterAll(async () => {
  await app.close();
  await reading.close();
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

const send = (method: 'PUT' | 'POST', url: string, payload: object, to = app, headers = {}) =>
  to.inject({ method, url, payload, headers: { host: 'localhost:80', ...headers } });

describe('the dictionary over HTTP', () => {
  it('is put as a whole and read again, and obeyed by searches', async () => {
    expect((await app.inject('/dictionary')).json()).toEqual({ words: [] });
    const words = [{ text: 'C++', term: 'cplusplus' }];
    const answer = await send('PUT', '/dictionary', { words });
    expect([answer.statusCode, answer.json()]).toEqual([200, { sequence: expect.any(Number), documents: 1 }]);
    expect((await reading.inject('/dictionary')).json()).toEqual({ words });
    const { hits } = (await send('POST', '/search', { text: 'c++', mode: 'token' })).json();
    expect(hits.map(({ id }: { id: string }) => id)).toEqual(['cpp']);
  });

  it.each([
    [{}, 400, 'request/invalid'],
    [{ words: [{ text: '' }] }, 400, 'request/invalid'],
    [{ words: [{ text: 'a', weight: 1 }] }, 400, 'request/invalid'],
    [{ words: [{ text: 'a' }, { text: 'A' }] }, 422, 'dictionary/bad-word'],
  ])('refuses %j', async (body, status, code) => {
    const before = await index.dictionary();
    const answer = await send('PUT', '/dictionary', body);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(await index.dictionary()).toEqual(before);
  });

  it('is written with access alone', async () => {
    const foreign = await send('PUT', '/dictionary', { words: [] }, app, { origin: 'http://evil.example' });
    expect([foreign.statusCode, foreign.json().code]).toEqual([403, 'request/forbidden']);
    const none = await send('PUT', '/dictionary', { words: [] }, reading);
    expect([none.statusCode, none.json().code]).toEqual([403, 'index/read-only']);
  });
});

describe('the analysis over HTTP', () => {
  it('shows words, parts and synonyms of the index', async () => {
    const steps = async (text: string, language?: string) =>
      (await send('POST', '/analyze', { text, language })).json().steps as { name: string; tokens: object[] }[];
    expect((await steps('sofas')).at(-1)).toEqual({
      name: 'synonyms of a query',
      tokens: [
        { term: 'sofa', position: 0, start: 0, end: 5 },
        { term: 'couch', position: 0, start: 0, end: 5 },
      ],
    });
    const parts = (await steps('自動車', 'ja')).at(-1);
    expect(parts?.name).toBe('parts');
    expect(parts?.tokens[0]).toMatchObject({ term: '自動車', position: 0, start: 0, end: 3 });
    expect(parts?.tokens[0]).toHaveProperty('parts', expect.arrayContaining([{ term: '動車', start: 1, end: 3 }]));
  });
});

describe('given tokens over HTTP', () => {
  it('are asked for as they are, in place of a text', async () => {
    const found = async (body: object) => (await send('POST', '/search', body)).json();
    expect((await found({ tokens: ['消防'], mode: 'token' })).hits).toHaveLength(1);
    expect((await found({ tokens: ['C++'], mode: 'token' })).hits).toEqual([]);
    expect((await found({ tokens: ['消防'] })).hits).toHaveLength(1);
    expect((await found({ mode: 'token' })).code).toBe('request/invalid');
    expect((await found({ tokens: [], mode: 'token' })).code).toBe('request/invalid');
  });
});
