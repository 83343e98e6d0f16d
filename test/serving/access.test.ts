import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Access, keyAccess, loopbackAccess, namedAccess } from '../../serving/access.js';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import type { CreateServerOptions } from '../../src/api/options.js';
import { serveUntilClosed } from '../../src/api/server/create-server.js';
import { buildIndex } from '../../src/search/build-index.js';
import { indexing } from '../search/fixture.js';
import { keyFile, makeKeys } from './keys.js';
import { calm, idleGenerations, idleWriter, memoryParts } from './memory-backend.js';

const keys = makeKeys({ search: 'search', read: 'read', write: 'write', events: 'events', admin: 'admin' });
const { bearer } = keys;
const basic = (scope: string) => ({ authorization: `Basic ${btoa(`anybody:${keys.of(scope)}`)}` });

const writer = { ...idleWriter, write: async () => 1 };

let folder: string;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-access-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rm(folder, { recursive: true }));

async function open(access: Access): Promise<App> {
  const app = await createApp(
    memoryParts({ writing: writer, generations: idleGenerations, access, pictures: folder }),
    {
      admission: calm,
    },
  );
  closing.push(() => app.close());
  return app;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
interface Call {
  readonly method: Method;
  readonly url: string;
}

/** Every route that the interface describes, and those that it does not. */
async function everyCall(app: App): Promise<Call[]> {
  const { paths } = (await app.inject({ url: '/docs/json', headers: bearer('read') })).json();
  const described = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => ({
      method: method.toUpperCase() as Method,
      url: path.replace('{id}', 'a').replace('{number}', '1'),
    })),
  );
  const hidden = ['/pictures/a.webp', '/docs', '/docs/json', '/docs/static/index.html', '/nowhere'];
  return [...described, ...hidden.map(url => ({ method: 'GET' as const, url }))];
}

const probes = ['/health/live', '/health/ready'];
const statusOf = async (app: App, call: Call, headers: Record<string, string> = {}): Promise<number> =>
  (await app.inject({ ...call, headers })).statusCode;

describe('with keys', () => {
  it('every route but the probes needs one, whatever the method', async () => {
    const app = await open(keyAccess(keys.ring));
    const calls = await everyCall(app);
    expect(calls.length).toBeGreaterThan(20);
    for (const call of calls) {
      const open = probes.includes(call.url);
      const told = await statusOf(app, call, { authorization: 'Bearer other' });
      const heads = call.method === 'GET' ? [await statusOf(app, { ...call, method: 'HEAD' as Method })] : [];
      for (const status of [await statusOf(app, call), told, ...heads])
        expect([call, status]).toEqual([call, open ? 200 : 401]);
    }
  });

  it('the files of the page ask for one themselves', async () => {
    const app = await open(keyAccess(keys.ring));
    for (const url of ['/', '/index.js', '/operator', '/icon.svg'])
      expect([url, await statusOf(app, { method: 'GET', url })]).toEqual([url, 200]);
  });

  it('a scope allows what it names, and what is less', async () => {
    const app = await open(keyAccess(keys.ring));
    const refused = async (scope: string): Promise<string[]> => {
      const found = [];
      for (const call of await everyCall(app)) {
        const status = await statusOf(app, call, bearer(scope));
        expect([call, status]).not.toEqual([call, 401]);
        if (status === 403) found.push(`${call.method} ${call.url}`);
      }
      return found.sort();
    };
    const writes = [
      ...['DELETE /documents/a', 'PATCH /documents/a', 'POST /documents/bulk', 'POST /documents/delete'],
      ...['PUT /dictionary', 'PUT /synonyms'],
      ...[
        'DELETE /jobs/a',
        'GET /jobs',
        'GET /jobs/a',
        'GET /jobs/a/dead-letters',
        'GET /jobs/a/embeddings',
        'POST /jobs',
      ],
    ];
    const reads = [
      'GET /dictionary',
      'GET /documents/a',
      'GET /metrics',
      'GET /reports',
      'GET /rules',
      'GET /synonyms',
      'POST /analyze',
    ];
    const pages = ['GET /docs', 'GET /docs/json', 'GET /docs/static/index.html'];
    const admin = [
      ...['DELETE /generations/1', 'GET /generations', 'POST /generations', 'POST /generations/1/compare'],
      ...['GET /slow-searches', 'GET /snapshots', 'POST /snapshots'],
      ...['POST /generations/1/switch', 'POST /generations/rollback', 'PUT /rules'],
    ];
    expect(await refused('admin')).toEqual([]);
    // apart from the others
    const events = ['POST /events'];
    expect(await refused('write')).toEqual([...admin, ...events].sort());
    expect(await refused('read')).toEqual([...admin, ...events, ...writes, 'PUT /documents/a'].sort());
    expect(await refused('search')).toEqual(
      [...admin, ...events, ...writes, 'PUT /documents/a', ...reads, ...pages, 'GET /nowhere'].sort(),
    );
    const all = (await everyCall(app)).map(({ method, url }) => `${method} ${url}`);
    expect(await refused('events')).toEqual(
      all.filter(call => !call.includes('/health/') && call !== 'POST /events').sort(),
    );
  });

  it('a browser may ask its user for one, to read and never to write', async () => {
    const app = await open(keyAccess(keys.ring));
    const without = await app.inject('/page/settings');
    expect(without.headers['www-authenticate']).toEqual(['Bearer', expect.stringContaining('Basic realm=')]);
    expect(await statusOf(app, { method: 'GET', url: '/page/settings' }, basic('search'))).toBe(200);
    expect(await statusOf(app, { method: 'GET', url: '/documents/a' }, basic('search'))).toBe(403);
    expect(await statusOf(app, { method: 'GET', url: '/documents/a' }, basic('write'))).toBe(200);
    expect(await statusOf(app, { method: 'DELETE', url: '/documents/a' }, basic('write'))).toBe(401);
    expect(await statusOf(app, { method: 'DELETE', url: '/documents/a' }, bearer('write'))).toBe(200);
  });
});

describe('without keys', () => {
  it('a name that was made to lead here reads nothing', async () => {
    const app = await open(loopbackAccess(['search.example.org']));
    const calls = await everyCall(app);
    for (const host of ['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      for (const call of calls)
        expect([host, call, await statusOf(app, call, { host })]).toEqual([
          host,
          call,
          probes.includes(call.url) ? 200 : 403,
        ]);
    }
  });

  it('this machine reads under its own names and those that are allowed', async () => {
    const app = await open(loopbackAccess(['search.example.org']));
    for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '[::1]:80', 'Search.Example.org'])
      expect([host, await statusOf(app, { method: 'GET', url: '/documents/a' }, { host })]).toEqual([host, 200]);
    const asked = { method: 'DELETE', url: '/documents/a' } as const;
    expect(await statusOf(app, asked, { host: 'search.example.org' })).toBe(403);
  });

  it('a service for the network reads under any name, or under those that are named, and writes nothing', async () => {
    const call = { method: 'GET', url: '/documents/a' } as const;
    expect(await statusOf(await open(namedAccess()), call, { host: 'search.example.org' })).toBe(200);
    const named = await open(namedAccess(['search.example.org']));
    expect(await statusOf(named, call, { host: 'search.example.org:80' })).toBe(200);
    expect(await statusOf(named, call, { host: 'evil.example' })).toBe(403);
    expect(await statusOf(named, { method: 'DELETE', url: '/documents/a' }, { host: 'search.example.org' })).toBe(403);
  });
});

describe('createServer', () => {
  let index: string;
  beforeAll(async () => {
    index = join(folder, 'index');
    await buildIndex({ documents: [{ id: 'a', title: 'garden hose' }], indexing: indexing(), out: index });
  });

  async function statusAt(options: Partial<CreateServerOptions>, headers: Record<string, string>): Promise<number> {
    const server = await serveUntilClosed({ index, port: 0, ...options });
    closing.push(() => server.close());
    return new Promise((resolve, reject) => {
      request(new URL('documents/a', server.url), { headers, agent: false }, reply => {
        reply.resume();
        resolve(reply.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  }

  it('reads its keys also where it does not write', async () => {
    const path = join(folder, 'keys.json');
    await writeFile(path, keyFile(keys));
    expect(await statusAt({ keys: path }, {})).toBe(401);
    expect(await statusAt({ keys: path }, bearer('read'))).toBe(200);
    await expect(statusAt({ keys: join(folder, 'none.json') }, {})).rejects.toMatchObject({ code: 'data/not-found' });
  });

  it('looks at Host where it listens on this machine alone', async () => {
    expect(await statusAt({}, { host: 'evil.example' })).toBe(403);
    expect(await statusAt({}, {})).toBe(200);
    expect(await statusAt({ allowHost: ['Search.example.org'] }, { host: 'search.example.org' })).toBe(200);
  });

  it('does not write for a network without keys, nor behind a proxy', async () => {
    for (const options of [{ host: '0.0.0.0' }, { trustProxy: ['127.0.0.1'] }])
      await expect(statusAt({ writable: true, ...options }, {})).rejects.toMatchObject({
        code: 'usage/missing-option',
      });
    await expect(statusAt({ trustProxy: ['nginx'] }, {})).rejects.toMatchObject({ code: 'usage/bad-value' });
  });
});
