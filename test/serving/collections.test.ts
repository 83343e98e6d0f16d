import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createKeyIn } from '../../src/api/keys/keys.js';
import { createClient } from '../../src/client/index.js';

let folder: string;
let root: string;
/** closed behind each test: an index is open once in a process */
const servers: Server[] = [];
const at = (...names: string[]): string => join(folder, ...names);

const titles = {
  hoses: ['Garden hose, 25 m', 'Hose reel'],
  books: ['The garden in winter', 'A history of hats', 'Hats'],
  attic: ['Old lamp'],
};
const build = (name: string, own: readonly string[], place = join(root, name)) =>
  buildIndex({ documents: own.map((title, i) => ({ id: `${name}-${i}`, title })), out: place });

async function serve(options: Partial<Parameters<typeof createServer>[0]> = {}): Promise<Server> {
  const server = await createServer({ root, port: 0, ...options });
  servers.push(server);
  return server;
}

const ask = async (server: Server, path: string, init: RequestInit & { key?: string; json?: unknown } = {}) => {
  const { key, json, headers, ...rest } = init;
  const answer = await fetch(new URL(path, server.url), {
    redirect: 'manual',
    ...rest,
    headers: {
      ...headers,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json), method: rest.method ?? 'POST' }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    get body() {
      return JSON.parse(text);
    },
  };
};
const search = (server: Server, name: string, text: string, key?: string) =>
  ask(server, `/collections/${name}/search`, { json: { text }, key });
const idsOf = (body: { hits: { id: string }[] }): string[] => body.hits.map(({ id }) => id).sort();
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let tried = 0; tried < 200 && !(await holds()); tried++) await new Promise(resolve => setTimeout(resolve, 100));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-collections-'));
  root = at('indexes');
  await mkdir(root);
  for (const [name, own] of Object.entries(titles)) if (name !== 'attic') await build(name, own);
  // what is no index is no collection, whatever it has
  await mkdir(join(root, 'model'));
  await writeFile(join(root, 'model', 'manifest.json'), '{}');
  await writeFile(join(root, 'notes.txt'), 'none');
  await symlink('hoses', join(root, 'products'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a service of several collections', () => {
  it('answers for each index of the folder at its own address, and lists them', async () => {
    const server = await serve();
    expect((await ask(server, '/collections')).body).toEqual({
      collections: [
        { name: 'books', aliases: [], state: 'ready', documents: 3, modelId: null },
        { name: 'hoses', aliases: ['products'], state: 'ready', documents: 2, modelId: null },
      ],
    });
    expect(idsOf((await search(server, 'hoses', 'garden')).body)).toEqual(['hoses-0']);
    expect(idsOf((await search(server, 'books', 'garden')).body)).toEqual(['books-0']);
    expect(idsOf((await search(server, 'products', 'garden')).body)).toEqual(['hoses-0']);
    expect((await ask(server, '/collections/books/suggest?text=ha')).body.completions).not.toEqual([]);
    expect((await ask(server, '/collections/books/documents/books-1')).body.title).toBe('A history of hats');
    expect((await ask(server, '/collections/books/documents/hoses-1')).status).toBe(404);
    expect((await ask(server, '/collections/books/health/ready')).body).toMatchObject({ ready: true, documents: 3 });
    expect((await ask(server, '/health/ready')).body).toMatchObject({ ready: true, documents: 5 });
    expect((await ask(server, '/metrics')).text).toContain('tandem_documents');
    expect((await ask(server, '/')).headers.get('location')).toBe('/collections');
    // the page loads what it needs from beside it
    const page = await ask(server, '/collections/books');
    expect([page.status, page.headers.get('location')]).toEqual([308, '/collections/books/']);
    expect((await ask(server, '/collections/books/')).text).toContain('<title>');
    expect((await ask(server, '/collections/books/page/settings')).body).toMatchObject({ documents: 3 });
    expect((await ask(server, '/collections/books/docs/json')).body.servers).toEqual([{ url: '/collections/books' }]);
  });

  it('says what is not there, and leads nowhere else', async () => {
    const server = await serve();
    for (const path of ['none/search', 'model/search', 'notes.txt/search', '..%2fhoses/search', '.hidden/search'])
      expect((await ask(server, `/collections/${path}`, { json: { text: 'a' } })).body).toMatchObject({
        code: 'collection/unknown',
      });
    expect((await ask(server, '/search', { json: { text: 'garden' } })).status).toBe(404);
    expect((await ask(server, '/collections/books/nothing')).body.code).toBe('request/not-found');
    expect((await ask(server, '/collections/books/collections')).status).toBe(404);
  });

  it('takes up what comes, and lets go of what is gone, while it answers', async () => {
    const server = await serve();
    const stateOf = async (name: string) =>
      (await ask(server, '/collections')).body.collections.find((each: { name: string }) => each.name === name);
    await build('attic', titles.attic, at('attic'));
    await rename(at('attic'), join(root, 'attic'));
    await until(async () => (await stateOf('attic'))?.state === 'ready');
    expect(idsOf((await search(server, 'attic', 'lamp')).body)).toEqual(['attic-0']);
    await rename(join(root, 'attic'), at('attic'));
    await until(async () => (await stateOf('attic')) === undefined);
    expect((await search(server, 'attic', 'lamp')).body.code).toBe('collection/unknown');
  });

  it('goes on with the others where one cannot be opened, and says which and why', async () => {
    await mkdir(join(root, 'torn', 'documents'), { recursive: true });
    await writeFile(join(root, 'torn', 'manifest.json'), '{"format": 1');
    const server = await serve();
    const { collections } = (await ask(server, '/collections')).body;
    expect(collections.find((each: { name: string }) => each.name === 'torn')).toMatchObject({
      state: 'failed',
      code: 'index/manifest-damaged',
    });
    const refused = (await search(server, 'torn', 'a')).body;
    expect(refused).toMatchObject({ code: 'collection/not-open', details: { reason: 'index/manifest-damaged' } });
    expect((await search(server, 'books', 'hats')).status).toBe(200);
    await rm(join(root, 'torn'), { recursive: true });
  });

  it('opens one that could not be opened as soon as it can, its events too', async () => {
    const held = await createServer({ index: join(root, 'hoses'), port: 0, writable: true });
    const server = await serve({ writable: true, events: at('events-of-all') });
    const stateOfHoses = async () =>
      (await ask(server, '/collections')).body.collections.find((each: { name: string }) => each.name === 'hoses');
    expect(await stateOfHoses()).toMatchObject({ state: 'failed' });
    await held.close();
    await until(async () => (await stateOfHoses()).state === 'ready');
    expect(await stateOfHoses()).toMatchObject({ state: 'ready' });
  });

  it('writes to each, and leads aliases elsewhere at once', async () => {
    const server = await serve({ writable: true });
    const put = await ask(server, '/collections/books/documents/b9', {
      method: 'PUT',
      json: { id: 'b9', title: 'Garden hats' },
    });
    expect(put.status).toBe(200);
    expect(idsOf((await search(server, 'books', 'garden')).body)).toEqual(['b9', 'books-0']);
    expect(idsOf((await search(server, 'hoses', 'garden')).body)).toEqual(['hoses-0']);
    const lines = await ask(server, '/collections/hoses/documents/bulk', {
      method: 'POST',
      body: `${JSON.stringify({ put: { id: 'h8', title: 'Sprinkler' } })}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect([lines.status, lines.text]).toEqual([200, expect.stringContaining('"done":true')]);
    expect(idsOf((await search(server, 'hoses', 'sprinkler')).body)).toEqual(['h8']);
    expect(idsOf((await search(server, 'books', 'sprinkler')).body)).toEqual([]);
    await ask(server, '/collections/hoses/documents/h8', { method: 'DELETE' });
    const alias = (name: string, collection: string) =>
      ask(server, `/aliases/${name}`, { method: 'PUT', json: { collection } });
    expect((await alias('products', 'books')).body).toEqual({ alias: 'products', collection: 'books' });
    expect(idsOf((await search(server, 'products', 'hats')).body)).toContain('b9');
    expect((await alias('products', 'none')).body.code).toBe('collection/unknown');
    expect((await alias('hoses', 'books')).body.code).toBe('collection/name-taken');
    expect((await alias('a b', 'books')).status).toBe(400);
    expect(idsOf((await search(server, 'products', 'hats')).body)).toContain('b9');
    expect((await ask(server, '/aliases/products', { method: 'DELETE' })).body).toEqual({ found: true });
    expect((await ask(server, '/aliases/products', { method: 'DELETE' })).body).toEqual({ found: false });
    expect((await search(server, 'products', 'hats')).body.code).toBe('collection/unknown');
    await alias('products', 'hoses');
    await ask(server, '/collections/books/documents/b9', { method: 'DELETE' });
    await Promise.all(servers.splice(0).map(each => each.close()));
    // a service that only reads changes none
    const reading = await serve();
    expect((await ask(reading, '/aliases/products', { method: 'PUT', json: { collection: 'books' } })).body.code).toBe(
      'index/read-only',
    );
  });

  it('gives no alias the place of a file, nor of what else lies there, and sets the same one several times at once', async () => {
    const server = await serve({ writable: true });
    const set = (alias: string, collection: string) =>
      ask(server, `/aliases/${alias}`, { method: 'PUT', json: { collection } });
    expect((await set('notes.txt', 'books')).body.code).toBe('collection/name-taken');
    expect(await readFile(join(root, 'notes.txt'), 'utf8')).toBe('none');
    expect((await set('model', 'books')).body.code).toBe('collection/name-taken');
    const several = await Promise.all(['books', 'hoses', 'books', 'hoses'].map(name => set('latest', name)));
    expect(several.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(idsOf((await search(server, 'latest', 'hose')).body)).toHaveLength(2);
    expect((await ask(server, '/aliases/latest', { method: 'DELETE' })).body).toEqual({ found: true });
  });

  it('keeps an alias while the folder that it leads to is swapped for another, and takes one away that leads to nothing', async () => {
    const server = await serve({ writable: true });
    // each look at the folder comes before the answer
    const lookAgain = () => ask(server, '/aliases/latest', { method: 'PUT', json: { collection: 'books' } });
    await rename(join(root, 'hoses'), at('hoses-away'));
    try {
      expect((await lookAgain()).status).toBe(200);
      expect(idsOf((await search(server, 'products', 'reel')).body)).toEqual(['hoses-1']);
      expect((await ask(server, '/aliases/products', { method: 'DELETE' })).body).toEqual({ found: true });
      await expect(lstat(join(root, 'products'))).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      await rename(at('hoses-away'), join(root, 'hoses'));
      await rm(join(root, 'products'), { force: true });
      await symlink('hoses', join(root, 'products'));
      await ask(server, '/aliases/latest', { method: 'DELETE' });
    }
  });

  it('tells of each collection also where the metrics have a port of their own', async () => {
    const server = await serve({ metricsPort: 0 });
    expect((await ask(server, '/metrics')).status).toBe(404);
    expect((await search(server, 'books', 'hats')).status).toBe(200);
    const { status, text } = await ask(server, '/collections/books/metrics');
    expect([status, text]).toEqual([200, expect.stringMatching(/route="\/search"/)]);
  });

  it('is asked with an address that is written in another way', async () => {
    const server = await serve();
    const found = await ask(server, '/collections/%62ooks/search', { json: { text: 'hats' } });
    expect(idsOf(found.body)).toContain('books-1');
    expect((await ask(server, '/collections/%6eone/search', { json: { text: 'a' } })).body.code).toBe(
      'collection/unknown',
    );
    expect((await ask(server, '/collections/%zz/search', { json: { text: 'a' } })).status).toBe(400);
  });

  it('says that its port is taken, and lets go of what it had opened', async () => {
    const taken = createNetServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(serve({ writable: true, port })).rejects.toMatchObject({ code: 'server/port-taken' });
    taken.close();
    expect((await search(await serve({ writable: true }), 'books', 'hats')).status).toBe(200);
  });

  it('is asked by the client under the name of a collection', async () => {
    const server = await serve();
    const client = createClient({ url: server.url, collection: 'books' });
    expect(await client.count()).toBe(3);
    expect((await client.search('garden')).hits.map(({ id }) => id)).toEqual(['books-0']);
    expect((await client.get('books-2'))?.title).toBe('Hats');
  });
});

describe('a key of one collection', () => {
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    const file = at('keys.json');
    const make = async (name: string, scope: string, collections?: string[], rateLimit?: number) => {
      keys[name] = (await createKeyIn(file, { name, scope: [scope], collections, rateLimit })).key;
    };
    await make('all', 'admin');
    await make('books', 'admin', ['books']);
    await make('products', 'search', ['products']);
    await make('both', 'search', ['books', 'hoses'], 5);
  });
  const serveWithKeys = (): Promise<Server> => serve({ keys: at('keys.json'), writable: true });

  it('sees that one, and nothing of another', async () => {
    const server = await serveWithKeys();
    expect(idsOf((await search(server, 'books', 'garden', keys.books)).body)).toEqual(['books-0']);
    // one that is not there is refused like one that is
    for (const name of ['hoses', 'products', 'none'])
      for (const [method, path, json] of [
        ['POST', 'search', { text: 'garden' }],
        ['POST', 'multi-search', { searches: [{ text: 'garden' }] }],
        ['GET', 'suggest?text=ga', undefined],
        ['GET', 'documents/hoses-0', undefined],
        ['PUT', 'documents/hoses-0', { id: 'hoses-0', title: 'taken' }],
        ['PUT', 'rules', { rules: [] }],
        ['GET', 'page/settings', undefined],
        ['GET', 'metrics', undefined],
        ['GET', 'generations', undefined],
        ['GET', 'nothing', undefined],
      ] as const) {
        const refused = await ask(server, `/collections/${name}/${path}`, { method, json, key: keys.books });
        expect([name, path, refused.status, refused.body.code]).toEqual([name, path, 403, 'request/forbidden']);
        expect(refused.text).not.toMatch(/Garden|reel/);
      }
    expect((await search(server, 'hoses', 'hose', keys.all)).body.hits[0].id).toMatch(/^hoses-/);
    const listed = async (key: string) =>
      (await ask(server, '/collections', { key })).body.collections.map(({ name }: { name: string }) => name);
    expect(await listed(keys.books)).toEqual(['books']);
    expect(await listed(keys.products)).toEqual(['hoses']);
    expect(await listed(keys.all)).toEqual(['books', 'hoses']);
    for (const path of ['/metrics', '/docs', '/openapi'])
      expect((await ask(server, path, { key: keys.books })).status).toBe(403);
    expect(
      (await ask(server, '/aliases/products', { method: 'PUT', json: { collection: 'books' }, key: keys.books }))
        .status,
    ).toBe(403);
    expect((await search(server, 'books', 'garden')).body.code).toBe('request/unauthorised');
    expect((await search(server, 'none', 'garden')).body.code).toBe('request/unauthorised');
    expect((await search(server, 'none', 'garden', keys.all)).body.code).toBe('collection/unknown');
  });

  it('goes with the alias that it is for', async () => {
    const server = await serveWithKeys();
    expect(idsOf((await search(server, 'products', 'garden', keys.products)).body)).toEqual(['hoses-0']);
    expect((await search(server, 'hoses', 'garden', keys.products)).status).toBe(403);
    await ask(server, '/aliases/products', { method: 'PUT', json: { collection: 'books' }, key: keys.all });
    expect(idsOf((await search(server, 'products', 'garden', keys.products)).body)).toEqual(['books-0']);
    await ask(server, '/aliases/products', { method: 'PUT', json: { collection: 'hoses' }, key: keys.all });
  });

  it('has one limit for all that it is for', async () => {
    const server = await serveWithKeys();
    const statuses: number[] = [];
    for (const name of ['books', 'hoses', 'books', 'hoses', 'books', 'hoses'])
      statuses.push((await search(server, name, 'garden', keys.both)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('is for nothing of a service of one index', async () => {
    const one = await serve({ root: undefined, index: join(root, 'books'), keys: at('keys.json') });
    expect((await ask(one, '/search', { json: { text: 'garden' }, key: keys.books })).status).toBe(403);
  });
});

describe('what is given to a service of several', () => {
  it.each([
    [{ index: 'x' }, 'usage/bad-value', /root: give index or root, not both/],
    [{ workers: 2 }, 'usage/bad-value', /workers: not beside root/],
    [{ jobs: 'x' }, 'usage/bad-value', /jobs: not beside root/],
    [{ root: '/nowhere/at/all' }, 'data/not-found', /nowhere/],
    [{ root: undefined }, 'usage/missing-option', /index is missing/],
  ])('is refused: %j', async (options, code, message) => {
    await expect(serve(options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('limits an address over all collections together', async () => {
    const server = await serve({ rateLimit: 3 });
    const statuses: number[] = [];
    for (const name of ['books', 'hoses', 'books', 'hoses']) statuses.push((await search(server, name, 'a')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});
