import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openIndex } from '../../src/search/open-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from '../search/fixture.js';
import { calm, idleWriter, memoryBackend, memoryParts } from './memory-backend.js';

let folder: string;
let path: string;
let index: WritableIndex;
let app: App;
const log: Record<string, unknown>[] = [];

const documents = ['a', 'b', 'c', 'd'].map(id => ({ id, title: `garden hose ${id}${id}${id}${id}` }));

/** Alters one bit of every copy of some bytes in the store. */
async function alter(bytes: Buffer): Promise<void> {
  const file = join(path, 'documents', 'data.mdb');
  const data = await readFile(file);
  let copies = 0;
  for (let at = data.indexOf(bytes); at >= 0; at = data.indexOf(bytes, at + 1), copies++) data[at + 1] ^= 1;
  expect(copies).toBeGreaterThan(0);
  await writeFile(file, data);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-altered-'));
  path = join(folder, 'index');
  const embedder = letterModel();
  await buildIndex({ documents, embedder, indexing: indexing(), out: path });
  const whole = await openIndex(path, { embedder });
  const embedding = whole.embedding('c') as Float32Array;
  await whole.close();
  await alter(Buffer.from('garden hose bbbb'));
  await alter(Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength));
  index = await openWritableIndex(path, { embedder });
  const logger = pino({ level: 'error' }, { write: line => void log.push(JSON.parse(line)) });
  app = await createApp(memoryParts({ backend: index, embedder, writing: index }), { admission: calm, logger });
});
afterAll(async () => {
  await app.close();
  await index.close();
  await rm(folder, { recursive: true });
});

const search = async (request: object) => {
  const reply = await app.inject({ method: 'POST', url: '/search', payload: request });
  return { status: reply.statusCode, text: reply.body, body: reply.json() };
};
const idsOf = ({ hits }: { hits: { id: string }[] }): string[] => hits.map(({ id }) => id).sort();

describe('one altered record', () => {
  it.each(['token', 'vector', 'hybrid'] as const)(
    'is left out of a search that hits it, which says so: %s',
    async mode => {
      const { status, body } = await search({ text: 'garden hose', mode, explain: true });
      expect([status, idsOf(body)]).toEqual([200, ['a', 'c', 'd']]);
      expect(body.partial).toContain('b');
    },
  );

  it('of an embedding leaves its document where the tokens rank it', async () => {
    const { body } = await search({ text: 'garden cccc', explain: true });
    expect(body.hits[0].id).toBe('c');
    expect(body.partial).toContain('c');
  });

  it('is not told of where it is not met', async () => {
    const { body } = await search({ text: 'dddd', mode: 'token' });
    expect(idsOf(body)).toEqual(['d']);
    expect(body).not.toHaveProperty('partial');
  });

  it('is left out of pages', async () => {
    const first = await search({ text: 'garden hose', mode: 'token', pages: true, k: 1 });
    const ids = idsOf(first.body);
    const partial = [...(first.body.partial ?? [])];
    for (let { cursor } = first.body; cursor !== undefined; ) {
      const reply = await app.inject({ method: 'POST', url: '/search/next', payload: { cursor, k: 1 } });
      expect(reply.statusCode).toBe(200);
      ids.push(...idsOf(reply.json()));
      partial.push(...(reply.json().partial ?? []));
      cursor = reply.json().cursor;
    }
    expect([ids.sort(), partial]).toEqual([['a', 'c', 'd'], ['b']]);
  });

  it('is logged once by its name', () => {
    const told = log.flatMap(({ code, documents: ids = [] }) => (code === 'index/documents-damaged' ? ids : []));
    expect((told as string[]).sort()).toEqual(['b', 'c']);
  });

  it('names no path to whoever asks for it, but to the log', async () => {
    const reply = await app.inject('/documents/b');
    expect([reply.statusCode, reply.json().code]).toEqual([500, 'index/documents-damaged']);
    expect(reply.body).not.toContain(folder);
    expect(JSON.stringify(log)).toContain(folder);
  });

  it('can be put again, and deleted', async () => {
    const url = '/documents/b';
    const headers = { host: 'localhost' };
    expect((await app.inject({ method: 'DELETE', url, headers })).json()).toMatchObject({ found: true });
    expect((await app.inject({ method: 'PUT', url: '/documents/c', headers, payload: documents[2] })).statusCode).toBe(
      200,
    );
    expect((await app.inject({ method: 'PUT', url, headers, payload: documents[1] })).statusCode).toBe(200);
    const { body } = await search({ text: 'garden hose', explain: true });
    expect([idsOf(body), body.partial]).toEqual([['a', 'b', 'c', 'd'], undefined]);
  });
});

describe('an error of files', () => {
  const place = '/srv/secret/index';
  const errors = [
    new TandemError('index/replaced', `${place}: was moved`, { folder: place }),
    new TandemError('index/claim-lost', `${place}: another one writes`, { folder: place }),
    new TandemError('index/locked', `${place}: process 7 is writing`, { folder: place }),
    new TandemError('files/disk-full', `${place}: the disk is full`, { path: place }),
    new TandemError('files/write-failed', `${place}: EIO`, { path: place }),
  ];
  it.each(errors.map(error => [error.code, error] as const))('names no place over HTTP: %s', async (code, error) => {
    const fail = async (): Promise<never> => {
      throw error;
    };
    const writing = { ...idleWriter, write: fail, writeEach: fail };
    const parts = memoryParts({ backend: { ...memoryBackend(), search: fail, get: fail }, writing });
    const failing = await createApp(parts, { admission: calm });
    const bulk = { 'content-type': 'application/x-ndjson', host: 'localhost' };
    for (const reply of [
      await failing.inject('/documents/a'),
      await failing.inject({ method: 'POST', url: '/search', payload: { text: 'a' } }),
      await failing.inject({ method: 'POST', url: '/documents/bulk', headers: bulk, payload: '{"delete":"a"}\n' }),
    ]) {
      expect(reply.body).toContain(code);
      expect(reply.body).not.toContain('secret');
    }
    await failing.close();
  });
});
