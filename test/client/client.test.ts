import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createServer, type Server } from '../../src/api/index.js';
import { createClient, createCompletionSource, type TandemClient, TandemClientError } from '../../src/client/index.js';
import { failureOf, type LibraryFolder, makeLibraryFolder, rows } from '../api/library-folder.js';

let folder: LibraryFolder;
let server: Server;
let client: TandemClient;
beforeAll(async () => {
  folder = await makeLibraryFolder();
  server = await createServer({ index: folder.at('index'), port: 0, writable: true });
  client = createClient({ url: server.url });
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

describe('a client of a running service', () => {
  it('searches, pages, completes and explains', async () => {
    const { title } = rows[0];
    const byText = await client.search(title);
    expect(byText.mode).toBe('hybrid');
    const whole = await client.search({ text: title, k: 20 });
    expect(whole.hits.slice(0, 10)).toEqual(byText.hits);
    const first = await client.search({ text: title, k: 5, pages: true });
    const second = await client.next(first.cursor ?? '', 5);
    expect([...first.hits, ...second.hits]).toEqual(byText.hits);
    expect((await client.complete(title.slice(0, 3), { k: 3 })).length).toBeGreaterThan(0);
    const explained = await client.explain({ id: byText.hits[0].id, text: title });
    expect(explained.vector?.cosine).toBeGreaterThan(0);
    expect((await client.analyze('Hammers')).steps.at(-1)?.tokens.map(({ term }) => term)).toEqual(['hammer']);
    expect((await client.embedQuery({ text: title })).embedding).toHaveLength(16);
    expect(await client.count()).toBe(rows.length);
  });

  it('says of each of many changes what came of it, whichever was answered first', async () => {
    expect(await client.writeEach([])).toEqual([]);
    const title = 'orange crate';
    const changes = [{ put: { id: 'w1', title } }, { put: { id: 'w2' } }, { put: { id: 'w3', title } }];
    const outcomes = await client.writeEach(changes as Parameters<typeof client.writeEach>[0]);
    expect(outcomes.map(outcome => ('error' in outcome ? outcome.error.code : outcome.id))).toEqual([
      'w1',
      'data/malformed-row',
      'w3',
    ]);
    await Promise.all(['w1', 'w3'].map(id => client.delete(id)));
  });

  it('asks several at once, each with its own error', async () => {
    const [good, bad] = await client.multiSearch([
      { text: 'hammer', k: 1 },
      { text: 'hammer', k: 0 },
    ]);
    expect('hits' in good && good.hits).toHaveLength(1);
    expect('error' in bad && bad.error).toBeInstanceOf(TandemClientError);
    expect('error' in bad && [bad.error.code, bad.error.status]).toEqual(['request/invalid', 400]);
  });

  it('reads and writes documents', async () => {
    expect(await client.get('nobody')).toBeUndefined();
    const id = 'ü/ß_100%';
    await client.put({ id, title: 'violet umbrella', price: 5 });
    await client.patch({ id, price: 6 });
    expect(await client.get(id)).toEqual({ id, title: 'violet umbrella', price: 6 });
    const outcomes = await client.writeEach([
      { put: { id: 'a', title: 'violet boots' } },
      { patch: { id: 'nobody', price: 1 } },
      { delete: id },
    ]);
    expect(outcomes.map(outcome => ('error' in outcome ? outcome.error.code : outcome.id))).toEqual([
      'a',
      'request/not-found',
      id,
    ]);
    const filter = [{ terms: { field: 'id', values: ['a'] } }];
    expect(await client.deleteMatching(filter, { dryRun: true })).toEqual({ matched: 1, deleted: 0 });
    expect(await client.deleteMatching(filter)).toMatchObject({ matched: 1, deleted: 1 });
    expect(await client.delete('a')).toBe(false);
  });

  it('sets rules, synonyms and words', async () => {
    const set = await client.setRules([
      { id: 'r', when: { exact: 'mallet' }, pin: ['d7', 'gone'], hide: { ids: ['gone', 'd8'] }, redirect: '/mallets' },
      { id: 's', pin: ['d7'] },
    ]);
    // taken all the same: the document may come later
    expect(set.unknown).toEqual([{ rule: 'r', ids: ['gone'] }]);
    expect(
      (await client.setRules([{ id: 'r', when: { exact: 'mallet' }, pin: ['d7'], redirect: '/mallets' }])).unknown,
    ).toEqual([]);
    expect((await client.rules()).map(({ id }) => id)).toEqual(['r']);
    const { hits, redirect } = await client.search({ text: 'mallet', mode: 'token' });
    expect([hits[0].id, redirect]).toEqual(['d7', '/mallets']);
    await client.setRules([]);
    await client.setSynonyms(['mallet, hammer']);
    expect(await client.synonyms()).toEqual(['mallet, hammer']);
    expect((await client.search({ text: 'mallet', mode: 'token' })).hits.length).toBeGreaterThan(1);
    await client.setSynonyms([]);
    await client.setDictionary([{ text: 'c++' }]);
    expect(await client.dictionary()).toEqual([{ text: 'c++' }]);
  });

  it('tells what the service refuses, as it says it', async () => {
    const error = await failureOf(client.search({ text: 'a', k: -1 }));
    expect(error).toMatchObject({
      name: 'TandemClientError',
      code: 'request/invalid',
      status: 400,
      remedy: 'Correct the named field.',
    });
  });

  it('is a source of completions for Autocomplete', async () => {
    const source = createCompletionSource(client, { k: 2 });
    const items = await source.getItems({ query: 'ham' });
    expect(items[0]).toMatchObject({ label: 'hammer', kind: 'word' });
    expect(source.getItemInputValue({ item: items[0] })).toBe('hammer');
    expect(await source.getItems({ query: ' ' })).toEqual([]);
  });
});

describe('a client of a service that is busy, late or gone', () => {
  const servers: ReturnType<typeof createHttpServer>[] = [];
  afterEach(() => {
    for (const each of servers.splice(0)) {
      each.closeAllConnections();
      each.close();
    }
  });
  /** A service that answers as it is told; counts what it is asked. */
  async function serving(answer: (asked: number, reply: ServerResponse, request: IncomingMessage) => void) {
    let asked = 0;
    const made = createHttpServer((request, reply) => answer(++asked, reply, request));
    servers.push(made);
    await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve));
    const { port } = made.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/shop`, asked: () => asked };
  }
  const busy = (reply: ServerResponse, status: number, seconds = '0'): void =>
    void reply
      .writeHead(status, { 'retry-after': seconds, 'content-type': 'application/json' })
      .end(JSON.stringify({ code: 'server/overloaded', message: 'later', remedy: 'Wait.', details: {} }));
  const found = (reply: ServerResponse): void => void reply.end(JSON.stringify({ hits: [], mode: 'token', took: {} }));

  it('asks again when it is told to, also what changes something, and gives up after so many times', async () => {
    const service = await serving((asked, reply) =>
      asked < 3 ? busy(reply, asked === 1 ? 503 : 429) : reply.end('{"sequence":7}'),
    );
    expect(await createClient(service).put({ id: 'a', title: 'b' })).toBe(7);
    expect(service.asked()).toBe(3);
    const never = await serving((_, reply) => busy(reply, 503));
    expect(await failureOf(createClient({ ...never, retries: 1 }).search('a'))).toMatchObject({
      code: 'server/overloaded',
      status: 503,
    });
    expect(never.asked()).toBe(2);
  });

  it('does not ask a change again that may have been made', async () => {
    const ended = { code: 'server/process-ended', message: 'it may have been made', remedy: 'Look.', details: {} };
    const service = await serving((_, reply) => void reply.writeHead(503).end(JSON.stringify(ended)));
    const client = createClient(service);
    for (const change of [() => client.delete('a'), () => client.patch({ id: 'a', price: 1 })])
      expect(await failureOf(change())).toMatchObject({ code: 'server/process-ended' });
    expect(service.asked()).toBe(2);
    const searched = await serving((asked, reply) =>
      asked === 1 ? reply.writeHead(503).end(JSON.stringify(ended)) : found(reply),
    );
    expect((await createClient(searched).search('a')).mode).toBe('token');
  });

  it('tells of the changes that a limit left out why', async () => {
    const lines = [
      { line: 1, id: 'a', sequence: 4 },
      { line: 2, code: 'request/too-large', message: 'a request has at most 1 lines', remedy: 'Send fewer.' },
      { done: false, written: 1, failed: 1 },
    ];
    const service = await serving((_, reply) => reply.end(lines.map(line => `${JSON.stringify(line)}\n`).join('')));
    const outcomes = await createClient(service).writeEach([{ delete: 'a' }, { delete: 'b' }, { delete: 'c' }]);
    expect(outcomes.map(outcome => ('error' in outcome ? outcome.error.code : outcome.sequence))).toEqual([
      4,
      'request/too-large',
      'request/too-large',
    ]);
  });

  it('waits as long as it is told, unless it is ended', async () => {
    const ended = new AbortController();
    const service = await serving((_, reply) => {
      busy(reply, 503, '20');
      setTimeout(() => ended.abort(new Error('enough')), 100);
    });
    const asking = createClient(service).search('a', { signal: ended.signal });
    expect(await failureOf(asking)).toEqual(new Error('enough'));
    expect(service.asked()).toBe(1);
  });

  it('asks again for what broke off, but not for a change that may have been made', async () => {
    const service = await serving((asked, reply) => (asked === 1 ? reply.destroy() : found(reply)));
    expect((await createClient(service).search('a')).mode).toBe('token');
    const broken = await serving((_, reply) => void reply.destroy());
    expect(await failureOf(createClient(broken).writeEach([{ delete: 'a' }]))).toMatchObject({
      code: 'client/unreachable',
      status: 0,
    });
    expect(broken.asked()).toBe(1);
    const client = createClient(broken);
    const changes = [
      () => client.put({ id: 'a', title: 'b' }),
      () => client.patch({ id: 'a' }),
      () => client.delete('a'),
    ];
    for (const change of changes) expect(await failureOf(change())).toMatchObject({ code: 'client/unreachable' });
    expect(broken.asked()).toBe(4);
  });

  it('waits until a moment that it is told', async () => {
    const ended = new AbortController();
    const service = await serving((_, reply) => {
      busy(reply, 503, new Date(Date.now() + 20_000).toUTCString());
      setTimeout(() => ended.abort(new Error('enough')), 700);
    });
    expect(await failureOf(createClient(service).search('a', { signal: ended.signal }))).toEqual(new Error('enough'));
    expect(service.asked()).toBe(1);
  });

  it('gives one call a time of its own', async () => {
    const service = await serving(() => undefined);
    const client = createClient({ ...service, timeoutMs: 60_000 });
    expect(await failureOf(client.search('a', { timeoutMs: 50, signal: AbortSignal.timeout(5_000) }))).toMatchObject({
      code: 'client/timeout',
    });
  });

  it('ends what takes too long, and what is aborted', async () => {
    const service = await serving(() => undefined);
    const patient = createClient({ ...service, timeoutMs: 50 });
    expect(await failureOf(patient.search('a'))).toMatchObject({ code: 'client/timeout' });
    const ended = AbortSignal.abort(new Error('not wanted'));
    expect(await failureOf(patient.search('a', { signal: ended }))).toEqual(new Error('not wanted'));
    expect(service.asked()).toBe(1);
  });

  it('shows its key, sends its headers, and asks below the address that it is given', async () => {
    const seen: unknown[] = [];
    const service = await serving((_, reply, { url, headers }) => {
      seen.push([url, headers.authorization, headers['x-shop']]);
      found(reply);
    });
    await createClient({ ...service, key: 'secret', headers: { 'x-shop': '1' } }).search('a');
    expect(seen).toEqual([['/shop/search', 'Bearer secret', '1']]);
  });

  it('says what came that is no answer of the service', async () => {
    const service = await serving(
      (asked, reply) => void (asked === 1 ? reply.writeHead(502).end('<html>') : reply.end('<html>')),
    );
    const other = createClient(service);
    expect(await failureOf(other.search('a'))).toMatchObject({ code: 'client/bad-answer', status: 502 });
    expect(await failureOf(other.search('a'))).toMatchObject({ code: 'client/bad-answer', status: 200 });
  });
});
