import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Access, keyAccess, loopbackAccess } from '../../serving/access.js';
import { createApp } from '../../serving/app.js';
import { readKeyFile } from '../../serving/keys/key-file.js';
import type { App } from '../../serving/parts.js';
import { type ErrorCode, errorTable } from '../../src/errors/table.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from '../search/fixture.js';
import { keyFile, makeKeys } from './keys.js';
import { calm, memoryParts } from './memory-backend.js';

const keys = makeKeys({ shop: 'write', page: 'read' });

let folder: string;
let places = 0;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-put-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Served {
  readonly app: App;
  readonly index: WritableIndex;
}

async function serve(access: Access = loopbackAccess(), bodyLimit = 10_000): Promise<Served> {
  const path = join(folder, `index-${places++}`);
  const documents = [{ id: 'old', title: 'garden hose' }];
  await buildIndex({ documents, embedder: letterModel(), indexing: indexing(), out: path });
  const index = await openWritableIndex(path, { embedder: letterModel() });
  const parts = memoryParts({ backend: index, embedder: letterModel(), writing: index, access });
  const app = await createApp(parts, { admission: calm, bodyLimit });
  closing.push(
    () => index.close(),
    () => app.close(),
  );
  return { app, index };
}

const put = (app: App, id: string, body: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'PUT',
    url: `/documents/${encodeURIComponent(id)}`,
    headers: { host: 'localhost:80', 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
const patch = (app: App, id: string, body: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'PATCH',
    url: `/documents/${encodeURIComponent(id)}`,
    headers: { host: 'localhost:80', 'content-type': 'application/merge-patch+json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
const remove = (app: App, id: string) =>
  app.inject({ method: 'DELETE', url: `/documents/${id}`, headers: { host: 'localhost' } });
const bulk = (app: App, payload: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/documents/bulk',
    headers: { host: 'localhost', 'content-type': 'application/x-ndjson', ...headers },
    payload,
  });
const linesOf = (body: string) =>
  body
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
const found = async (app: App, text: string, mode: 'token' | 'vector' = 'token') => {
  const reply = await app.inject({ method: 'POST', url: '/search', payload: { text, mode, k: 1 } });
  return reply.json().hits[0]?.id;
};

describe('PUT and DELETE /documents/:id', () => {
  it('answer when the change can be found', async () => {
    const { app } = await serve();
    const reply = await put(app, 'ü/ß-1', { title: 'zebra', price: 3, tags: ['x'] });
    expect([reply.statusCode, reply.json()]).toEqual([200, { id: 'ü/ß-1', sequence: 2 }]);
    expect([await found(app, 'zebra'), await found(app, 'zebra', 'vector')]).toEqual(['ü/ß-1', 'ü/ß-1']);
    const read = await app.inject({ url: `/documents/${encodeURIComponent('ü/ß-1')}` });
    expect(read.json()).toEqual({ id: 'ü/ß-1', title: 'zebra', price: 3, tags: ['x'] });
    expect((await remove(app, 'old')).json()).toEqual({ id: 'old', sequence: 3, found: true });
    expect((await remove(app, 'old')).json()).toEqual({ id: 'old', sequence: 4, found: false });
    expect(await found(app, 'garden')).toBeUndefined();
  });

  it.each([
    ['no title', { price: 1 }, 400, 'request/invalid'],
    ['another id', { id: 'b', title: 'x' }, 400, 'request/invalid'],
    ['not JSON', '{"title":', 400, 'request/invalid'],
    ['deep nesting', `{"title":"x","a":${'['.repeat(2000)}${']'.repeat(2000)}}`, 422, 'data/malformed-row'],
    ['a prototype', '{"title":"x","__proto__":{"a":1}}', 400, 'request/invalid'],
    ['a language that is none', { title: 'x', language: '../etc' }, 400, 'text/bad-language'],
    ['NaN', '{"title":"x","price":NaN}', 400, 'request/invalid'],
    ['a number that is infinite', '{"title":"x","stock":1e999}', 422, 'data/malformed-row'],
    ['too much', { title: 'x', description: 'y'.repeat(10_001) }, 413, 'request/too-large'],
  ])('refuse %s, and nothing changes', async (_name, body, status, code) => {
    const { app, index } = await serve();
    const reply = await put(app, 'a', body);
    expect([reply.statusCode, reply.json().code]).toEqual([status, code]);
    expect(await index.count()).toBe(1);
  });

  it('keep whole numbers beyond 2^53, take null for absent, and a number for an id', async () => {
    const { app, index } = await serve();
    const reply = await put(
      app,
      '9007199254740993',
      '{"id":9007199254740993,"title":"t","views":12345678901234567890,"price":null}',
    );
    expect(reply.statusCode).toBe(200);
    expect(await index.get('9007199254740993')).toEqual({
      id: '9007199254740993',
      title: 't',
      views: '12345678901234567890',
    });
    expect((await put(app, '7', '{"id":7,"title":"t"}')).statusCode).toBe(200);
    expect((await put(app, '8', '{"id":7,"title":"t"}')).statusCode).toBe(400);
    const lines = linesOf((await bulk(app, '{"put":{"id":1789012345678901234,"title":"t","brand":null}}\n')).body);
    expect(lines[0]).toMatchObject({ id: '1789012345678901234' });
    expect(await index.get('1789012345678901234')).toEqual({ id: '1789012345678901234', title: 't' });
  });

  it.each([
    ['a b', /white space in an id, by which TREC files/],
    [' a', /white space around an id/],
    ['a\u0000', /control character/],
  ])('refuse an id that no judgement could name: %j', async (id, message) => {
    const { app, index } = await serve();
    const reply = await put(app, id, { title: 't' });
    expect([reply.statusCode, reply.json().code]).toEqual([422, 'data/malformed-row']);
    expect(reply.json().message).toMatch(message);
    const [line] = linesOf((await bulk(app, `${JSON.stringify({ put: { id, title: 't' } })}\n`)).body);
    expect(line).toMatchObject({ code: 'data/malformed-row', message: expect.stringMatching(message) });
    await expect(index.put([{ id, title: 't' }])).rejects.toMatchObject({ code: 'data/malformed-row' });
    const built = buildIndex({ documents: [{ id, title: 't' }], indexing: indexing(), out: join(folder, 'none') });
    await expect(built).rejects.toMatchObject({ code: 'data/malformed-row', message: expect.stringMatching(message) });
  });

  it('say so when the service does not write', async () => {
    const app = await createApp(memoryParts(), { admission: calm });
    closing.push(() => app.close());
    for (const reply of [await put(app, 'a', { title: 'x' }), await remove(app, 'a'), await bulk(app, '{}')]) {
      expect([reply.statusCode, reply.json().code]).toEqual([403, 'index/read-only']);
    }
  });
});

describe('PATCH /documents/:id', () => {
  it.each(['application/merge-patch+json', 'application/json', 'application/json; charset=utf-8'])(
    'changes some fields, sent as %s',
    async type => {
      const { app } = await serve();
      const reply = await patch(app, 'old', { price: 5, description: 'long', stock: null }, { 'content-type': type });
      expect([reply.statusCode, reply.json()]).toEqual([200, { id: 'old', sequence: 2 }]);
      await patch(app, 'old', { id: 'old', title: 'quokka', description: null });
      expect((await app.inject({ url: '/documents/old' })).json()).toEqual({ id: 'old', title: 'quokka', price: 5 });
      expect(await found(app, 'quokka')).toBe('old');
    },
  );

  it.each(['application/merge-patch+json', 'application/json'])(
    'keeps whole numbers beyond 2^53, sent as %s',
    async type => {
      const { app, index } = await serve();
      const reply = await patch(app, 'old', '{"views":9007199254740993}', { 'content-type': type });
      expect(reply.statusCode).toBe(200);
      expect(await index.get('old')).toMatchObject({ views: '9007199254740993' });
    },
  );

  it.each([
    ['an id that is not there', 'none', { price: 1 }, 404, 'request/not-found'],
    ['another id', 'old', { id: 'other' }, 400, 'request/invalid'],
    ['an id of null', 'old', { id: null }, 400, 'request/invalid'],
    ['a list', 'old', [], 400, 'request/invalid'],
    ['nothing', 'old', '', 400, 'request/invalid'],
    ['a title taken away', 'old', { title: null }, 422, 'data/malformed-row'],
    ['a prototype', 'old', '{"__proto__":{"a":1}}', 400, 'request/invalid'],
    ['deep nesting', 'old', `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`, 422, 'data/malformed-row'],
    ['too much', 'old', { description: 'y'.repeat(10_001) }, 413, 'request/too-large'],
  ])('refuses %s, says what to do, and nothing changes', async (_name, id, body, status, code) => {
    const { app, index } = await serve();
    const reply = await patch(app, id, body);
    const { remedy } = errorTable[code as ErrorCode];
    expect([reply.statusCode, reply.json()]).toEqual([status, expect.objectContaining({ code, remedy })]);
    expect(await index.get('old')).toEqual({ id: 'old', title: 'garden hose' });
  });

  it('asks for the same rights as PUT, and takes no other type', async () => {
    const { app } = await serve(keyAccess(keys.ring));
    expect((await patch(app, 'old', { price: 1 })).json().code).toBe('request/unauthorised');
    expect((await patch(app, 'old', { price: 1 }, keys.bearer('page'))).json().code).toBe('request/forbidden');
    const headers = keys.bearer('shop');
    expect((await patch(app, 'old', { price: 1 }, headers)).statusCode).toBe(200);
    const text = await patch(app, 'old', { price: 1 }, { ...headers, 'content-type': 'text/plain' });
    expect([text.statusCode, text.json().code]).toEqual([415, 'request/unsupported-type']);
    const other = await put(app, 'old', { title: 'x' }, { ...headers, 'content-type': 'application/merge-patch+json' });
    expect(other.statusCode).toBe(415);
    const { paths } = (await app.inject({ url: '/docs/json', headers })).json();
    expect(Object.keys(paths['/documents/{id}'].patch.requestBody.content)).toEqual([
      'application/merge-patch+json',
      'application/json',
    ]);
  });
});

describe('who may write', () => {
  it.each([
    ['no key', {}, 401, 'request/unauthorised'],
    ['a wrong key', { authorization: 'Bearer other' }, 401, 'request/unauthorised'],
    ['the hash of a key', { authorization: `Bearer ${keys.entries[0].sha256}` }, 401, 'request/unauthorised'],
    ['a key that reads', keys.bearer('page'), 403, 'request/forbidden'],
  ])('with keys: not %s', async (_name, headers, status, code) => {
    const { app, index } = await serve(keyAccess(keys.ring));
    for (const reply of [await put(app, 'a', { title: 'x' }, headers), await bulk(app, '{"delete":"old"}', headers)]) {
      expect([reply.statusCode, reply.json().code]).toEqual([status, code]);
    }
    expect(index.ids()).toEqual(['old']);
  });

  it('with keys: one of scope write, from wherever', async () => {
    const { app } = await serve(keyAccess(keys.ring));
    const headers = { authorization: `bearer ${keys.of('shop')}`, host: 'search.example.org' };
    expect((await put(app, 'a', { title: 'x' }, headers)).statusCode).toBe(200);
  });

  it('without keys: this machine, but no page of another origin, and no name that was made to lead here', async () => {
    const { app } = await serve();
    expect((await put(app, 'a', { title: 'x' }, { origin: 'http://localhost:80' })).statusCode).toBe(200);
    const foreign: Record<string, string>[] = [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
    ];
    for (const headers of foreign) {
      expect((await put(app, 'b', { title: 'x' }, headers)).json().code).toBe('request/forbidden');
    }
    const far = await app.inject({
      method: 'DELETE',
      url: '/documents/a',
      headers: { host: 'localhost' },
      remoteAddress: '192.0.2.7',
    });
    expect(far.json().code).toBe('request/forbidden');
  });

  it.each<Record<string, string>>([
    { 'x-forwarded-for': '127.0.0.1' },
    { 'X-Forwarded-Host': 'localhost' },
    { 'x-real-ip': '127.0.0.1' },
    { via: '1.1 proxy' },
    { forwarded: 'for=127.0.0.1' },
    { 'cf-connecting-ip': '' },
  ])('without keys: nothing that came through a proxy: %j', async headers => {
    const { app, index } = await serve();
    const replies = [await put(app, 'a', { title: 'x' }, headers), await bulk(app, '{"delete":"old"}', headers)];
    for (const reply of replies) expect([reply.statusCode, reply.json().code]).toEqual([403, 'request/forbidden']);
    expect(index.ids()).toEqual(['old']);
  });

  it('reads keys from a file of hashes, and refuses any other', async () => {
    const path = join(folder, 'keys.json');
    await writeFile(path, keyFile(keys));
    expect((await readKeyFile(path)).map(({ name }) => name)).toEqual(['shop', 'page']);
    for (const text of ['', '[]', '{}', '[{"name":"a","scope":"write","sha256":"secret"}]']) {
      await writeFile(path, text);
      await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'config/bad-value' });
    }
    await expect(readKeyFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'data/not-found' });
  });
});

describe('POST /documents/bulk', () => {
  it('tells what came of every line, in order, and goes on after a bad one', async () => {
    const { app, index } = await serve();
    const lines: (string | Buffer)[] = [
      '{"put":{"id":"a","title":"zebra"}}',
      '{"put":{"id":"b"}}',
      '',
      'no JSON',
      Buffer.from([0x7b, 0xff, 0x7d]),
      '{"delete":"old"}',
      '{"put":{"id":"a","title":"quokka"}}',
      '{"upsert":{}}',
      `{"put":{"id":"c","title":"${'x'.repeat(10_000)}"}}`,
      '{"put":{"id":"d","title":"x","__proto__":{}}}',
      '{"delete":"a\\ud800"}',
      '{"put":{"id":"e","title":"numbat"}}',
      '{"patch":{"id":"e","price":3}}',
      '{"patch":{"id":"none","price":3}}',
      '{"patch":{"id":"e","title":null}}',
      '{"patch":{"price":3}}',
      '{"patch":{"id":"a","title":"bilby"}}',
    ];
    const payload = Buffer.concat(lines.flatMap((line, i) => [Buffer.from(i > 0 ? '\n' : ''), Buffer.from(line)]));
    const reply = await bulk(app, payload);
    expect(reply.statusCode).toBe(200);
    const results = linesOf(reply.body);
    expect(results.pop()).toEqual({ done: true, written: 6, failed: 10 });
    const byLine = new Map(results.map(result => [result.line, result.code ?? result.id]));
    expect([...byLine].sort(([a], [b]) => a - b)).toEqual([
      [1, 'a'],
      [2, 'data/malformed-row'],
      [4, 'request/invalid'],
      [5, 'request/invalid'],
      [6, 'old'],
      [7, 'a'],
      [8, 'request/invalid'],
      [9, 'request/too-large'],
      [10, 'data/malformed-row'],
      [11, 'data/malformed-row'],
      [12, 'e'],
      [13, 'e'],
      [14, 'request/not-found'],
      [15, 'data/malformed-row'],
      [16, 'data/malformed-row'],
      [17, 'a'],
    ]);
    expect(await Promise.all(['bilby', 'quokka', 'zebra', 'numbat'].map(word => found(app, word)))).toEqual([
      'a',
      undefined,
      undefined,
      'e',
    ]);
    expect(await index.get('e')).toEqual({ id: 'e', title: 'numbat', price: 3 });
    expect(index.ids()).toEqual(['a', 'e']);
  });

  it('takes many lines in several commits', async () => {
    const { app, index } = await serve();
    const payload = Array.from({ length: 500 }, (_, i) => `{"put":{"id":"n${i}","title":"numbat ${i}"}}\n`).join('');
    const results = linesOf((await bulk(app, payload)).body);
    expect(results.pop()).toEqual({ done: true, written: 500, failed: 0 });
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(await index.count()).toBe(501);
  });

  it('takes lines alone', async () => {
    const { app } = await serve();
    for (const type of ['application/json', 'text/plain']) {
      const reply = await bulk(app, '{"delete":"old"}', { 'content-type': type });
      expect([reply.statusCode, reply.json().code]).toEqual([415, 'request/unsupported-type']);
    }
  });

  it('says that there are no lines where there is no body', async () => {
    const { app } = await serve();
    const headers = { host: 'localhost', 'content-type': 'application/x-ndjson' };
    for (const more of [{}, { 'content-length': '0' }]) {
      const reply = await app.inject({ method: 'POST', url: '/documents/bulk', headers: { ...headers, ...more } });
      expect([reply.statusCode, reply.json().code]).toEqual([400, 'request/invalid']);
    }
    expect(linesOf((await bulk(app, '\n')).body)).toEqual([{ done: true, written: 0, failed: 0 }]);
  });

  it('stands in the interface', async () => {
    const { app } = await serve();
    const { paths } = (await app.inject({ url: '/docs/json' })).json();
    expect(Object.keys(paths['/documents/{id}']).sort()).toEqual(['delete', 'get', 'patch', 'put']);
    expect(paths['/documents/bulk'].post.description).toContain('{"put":');
  });
});
