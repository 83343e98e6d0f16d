import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../serving/parts.js';
import type { SearchRequest } from '../../src/search/request.js';
import { calm, documents, idleGenerations, idleWriter, memoryBackend } from './memory-backend.js';
import { closeApps, expectError, open } from './open-app.js';

const asked: SearchRequest[] = [];
let pictures: string;
let app: App;

const post = (url: string, payload: unknown, to: App = app) =>
  to.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: payload as object });

beforeAll(async () => {
  pictures = await mkdtemp(join(tmpdir(), 'tandem-pictures-'));
  await writeFile(join(pictures, 'chair.webp'), 'RIFF');
  app = await open({ backend: memoryBackend(asked), pictures, countries: [{ country: 'us', language: 'en' }] });
});

afterAll(async () => {
  await closeApps();
  await rm(pictures, { recursive: true });
});

describe('POST /search', () => {
  it('answers with ranked hits and the time of each stage', async () => {
    const reply = await post('/search', { text: 'garden' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      hits: [
        { id: 'a', score: 1, document: documents[0] },
        { id: 'b', score: 0.5, document: documents[1] },
      ],
      mode: 'hybrid',
      took: { token: 0.25, total: 0.5 },
    });
  });

  it('hands every field on as it came', async () => {
    const filter = [{ range: { field: 'price', min: 1 } }, { terms: { field: 'country', values: ['us', 1, true] } }];
    const request = { text: 'hose', country: 'us', language: 'en-GB', mode: 'token', filter, explain: true, ef: 50 };
    await post('/search', request);
    expect(asked.at(-1)).toEqual(request);
    await post('/search', { text: 'hose', weight: 0.25 });
    expect(asked.at(-1)).toEqual({ text: 'hose', weight: 0.25 });
  });

  it.each([
    ['no text', {}, 'text'],
    ['empty text', { text: '' }, 'text'],
    ['a text that is a number', { text: 5 }, 'text'],
    ['a text too long', { text: 'x'.repeat(4097) }, 'text'],
    ['half a surrogate pair', { text: 'a\ud800b' }, 'surrogate'],
    ['k = 0', { text: 'a', k: 0 }, 'k'],
    ['k above the limit', { text: 'a', k: 1001 }, 'k'],
    ['k = 1.5', { text: 'a', k: 1.5 }, 'k'],
    ['a mode that is none', { text: 'a', mode: 'fuzzy' }, 'mode'],
    ['a weight above 1', { text: 'a', weight: 1.5 }, 'weight'],
    ['a weight that is a text', { text: 'a', weight: '0.5' }, 'weight'],
    ['an unknown field', { text: 'a', limit: 5 }, 'limit'],
    ['a filter that is none', { text: 'a', filter: [{ like: {} }] }, 'filter.0'],
    ['a language that is none', { text: 'a', language: '../../etc' }, 'language'],
    ['a list', [], 'expected object'],
    ['null', 'null', 'expected object'],
  ])('refuses %s, naming it', async (_name, body, named) => {
    const message = expectError(await post('/search', body), 400, 'request/invalid');
    expect(message).toContain(named);
  });

  it('takes a whole surrogate pair', async () => {
    expect((await post('/search', { text: '🐱' })).statusCode).toBe(200);
  });

  it('refuses what is not JSON, no body, and deep nesting', async () => {
    expectError(await post('/search', '{"text":'), 400, 'request/invalid');
    expectError(await post('/search', ''), 400, 'request/invalid');
    expectError(await post('/search', `{"text":${'['.repeat(200_000)}`), 400, 'request/invalid');
    expectError(await post('/search', `{"text":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), 400, 'request/invalid');
    expectError(await post('/search', '{"text":"a","__proto__":{"k":1}}'), 400, 'request/invalid');
    const deep = `${'{"not":'.repeat(50_000)}{"exists":{"field":"a"}}${'}'.repeat(50_000)}`;
    const message = expectError(await post('/search', `{"text":"a","filter":[${deep}]}`), 400, 'request/invalid');
    expect(message).toBe('filter: at most 16 clauses inside one another');
  });

  it('refuses a body above the limit', async () => {
    expectError(await post('/search', { text: 'x'.repeat(2 ** 20) }), 413, 'request/too-large');
    const small = await open({}, { bodyLimit: 64 });
    expectError(await post('/search', { text: 'x'.repeat(64) }, small), 413, 'request/too-large');
  });

  it('refuses other types than JSON', async () => {
    const headers = { 'content-type': 'text/xml' };
    const reply = await app.inject({ method: 'POST', url: '/search', headers, payload: '<a/>' });
    expectError(reply, 415, 'request/unsupported-type');
  });

  it('passes on the errors of the search with their status', async () => {
    const reply = await post('/search', { text: 'a', filter: [{ exists: { field: 'nope' } }] });
    expect(expectError(reply, 400, 'search/bad-filter')).toBe('exists.field: no attribute "nope"');
  });

  it('does not tell the network what went wrong inside', async () => {
    const reply = await post('/search', { text: 'break' });
    expectError(reply, 500, 'internal');
    expect(reply.body).not.toContain('secret');
    expect(reply.json()).toMatchObject({ details: { requestId: reply.headers['x-request-id'] } });
  });

  it('answers any JSON value with hits or a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue(), fc.record({ text: fc.jsonValue(), k: fc.jsonValue() })),
        async value => {
          const reply = await post('/search', JSON.stringify(value));
          expect([200, 400]).toContain(reply.statusCode);
          if (reply.statusCode === 400) expectError(reply, 400, 'request/invalid');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('POST /embed/query', () => {
  it('gives the embedding and the channel weights', async () => {
    expect((await post('/embed/query', { text: 'hose', country: 'us' })).json()).toEqual({
      modelId: 'm'.repeat(64),
      width: 4,
      embedding: [0.5, 0.5, -0.5, 0.5],
      channels: { trigram: 0.25, word: 0.75 },
    });
  });

  it('gives null where the model can read nothing in the text', async () => {
    const embedQuery = async () => ({ embedding: new Float32Array(4), channels: { trigram: 0, word: 0 } });
    const unread = await open({ embedder: { modelId: 'm'.repeat(64), width: 4, embedQuery } });
    expect((await post('/embed/query', { text: '!!!' }, unread)).json()).toEqual({
      modelId: 'm'.repeat(64),
      width: 4,
      embedding: null,
      channels: { trigram: 0, word: 0 },
    });
  });

  it('says that an index without a model embeds nothing', async () => {
    const without = await open({ embedder: undefined });
    expectError(await post('/embed/query', { text: 'hose' }, without), 409, 'index/no-vectors');
  });
});

describe('GET /documents/:id', () => {
  it.each(documents.map(document => [document.id, document] as const))('gives %s', async (id, document) => {
    const reply = await app.inject(`/documents/${encodeURIComponent(id)}`);
    expect([reply.statusCode, reply.json()]).toEqual([200, document]);
  });

  it('knows an id of 512 characters, each percent-encoded', async () => {
    const id = '猫'.repeat(512);
    const reply = await app.inject(`/documents/${encodeURIComponent(id)}`);
    expect(expectError(reply, 404, 'request/not-found')).toContain(id);
  });

  it('refuses ids that are too long or badly encoded', async () => {
    expectError(await app.inject(`/documents/${'x'.repeat(513)}`), 400, 'request/invalid');
    expectError(await app.inject('/documents/%E0%A4%A'), 400, 'request/invalid');
  });
});

describe('POST /analyze', () => {
  it('shows the steps, in the language named or that of the index', async () => {
    const token = { term: 'Hoses', position: 0, start: 0, end: 5 };
    expect((await post('/analyze', { text: 'Hoses', language: 'de' })).json()).toEqual({
      language: 'de',
      steps: [{ name: 'split de', tokens: [token] }],
    });
    expect((await post('/analyze', { text: 'Hoses' })).json()).toMatchObject({ language: 'en' });
  });
});

describe('health', () => {
  it('is live and ready', async () => {
    expect((await app.inject('/health/live')).json()).toEqual({ live: true });
    expect((await app.inject('/health/ready')).json()).toEqual({
      ready: true,
      documents: 3,
      modelId: 'm'.repeat(64),
    });
  });

  it('is live but not ready when the index cannot be read', async () => {
    const broken = await open({
      backend: { ...memoryBackend(), count: async () => Promise.reject(new Error('gone')) },
    });
    expect((await broken.inject('/health/live')).statusCode).toBe(200);
    const reply = await broken.inject('/health/ready');
    expectError(reply, 503, 'server/not-ready');
    expect(reply.headers['retry-after']).toBe('1');
  });
});

describe('under load', () => {
  it('turns requests away with Retry-After, but answers the probes', async () => {
    const busy = await open({}, { admission: { ...calm, admits: () => false } });
    const reply = await post('/search', { text: 'hose' }, busy);
    expectError(reply, 503, 'server/overloaded');
    expect(reply.headers['retry-after']).toBe('1');
    expectError(await busy.inject('/health/ready'), 503, 'server/overloaded');
    expect((await busy.inject('/health/live')).statusCode).toBe(200);
    expect((await busy.inject('/metrics')).statusCode).toBe(200);
  });

  it('limits the rate of one address', async () => {
    const limited = await open({}, { rateLimit: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await post('/search', { text: 'hose' }, limited)).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await post('/search', { text: 'hose' }, limited);
    expectError(refused, 429, 'request/rate-limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await limited.inject('/health/live')).statusCode).toBe(200);
  });
});

describe('the address of a client', () => {
  const statuses = async (to: App, remoteAddress: string): Promise<number[]> => {
    const told = ['192.0.2.1', '192.0.2.2', '192.0.2.2'];
    const found = [];
    for (const address of told) {
      const headers = { 'x-forwarded-for': address, forwarded: `for=${address}`, 'x-real-ip': address };
      found.push((await to.inject({ url: '/documents/a', headers, remoteAddress })).statusCode);
    }
    return found;
  };

  it('is that of the connection, whatever a header says', async () => {
    expect(await statuses(await open({}, { rateLimit: 1 }), '10.1.1.1')).toEqual([200, 429, 429]);
  });

  it('is what a proxy says that is trusted, and no other one', async () => {
    const trusting = await open({}, { rateLimit: 1, trustProxy: ['10.1.0.0/16'] });
    expect(await statuses(trusting, '10.1.1.1')).toEqual([200, 200, 429]);
    expect(await statuses(trusting, '10.2.1.1')).toEqual([200, 429, 429]);
  });
});

describe('GET /metrics', () => {
  it('counts requests by route and status, and search time by stage', async () => {
    const fresh = await open();
    await post('/search', { text: 'hose' }, fresh);
    await post('/search', {}, fresh);
    await fresh.inject('/documents/a');
    const { body, headers } = await fresh.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain('tandem_request_seconds_count{route="/search",method="POST",status="200"} 1');
    expect(body).toContain('tandem_request_seconds_count{route="/search",method="POST",status="400"} 1');
    expect(body).toContain('tandem_request_seconds_count{route="/documents/:id",method="GET",status="200"} 1');
    expect(body).toContain('tandem_search_stage_seconds_sum{stage="total"} 0.0005');
  });
});

describe('GET /generations', () => {
  it('says who changes them where it is not the service', async () => {
    const reading = await app.inject('/generations');
    expect(expectError(reading, 403, 'index/read-only')).toContain('does not write');
    // as over a cluster
    const writing = await open({ writing: idleWriter });
    const reply = await writing.inject({ url: '/generations', headers: { host: 'localhost' } });
    expect(expectError(reply, 422, 'cluster/unsupported')).toContain('tandem generation');
  });
});

describe('a type of a body that is not there', () => {
  const headers = { 'content-type': 'application/json', host: 'localhost' };

  it('is no fault where no body is wanted', async () => {
    const writing = await open({ writing: idleWriter, generations: idleGenerations });
    const reply = await writing.inject({ method: 'POST', url: '/generations/1/switch', headers });
    expect([reply.statusCode, reply.json()]).toEqual([200, { generation: 1, before: 0 }]);
  });

  it('is told where one is', async () => {
    expect(
      expectError(await app.inject({ method: 'POST', url: '/search', headers }), 400, 'request/invalid'),
    ).toContain('expected object');
  });
});

describe('the rest', () => {
  it('says in the one shape that there is no such route', async () => {
    expectError(await app.inject('/nowhere'), 404, 'request/not-found');
    expectError(await app.inject({ method: 'PUT', url: '/search' }), 404, 'request/not-found');
  });

  it('gives each answer a request id of its own', async () => {
    const headers = { 'x-request-id': 'forged' };
    const [first, second] = [await app.inject({ url: '/nowhere', headers }), await app.inject('/health/live')];
    expect(first.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
  });

  it('describes every route with its errors', async () => {
    const { paths, components } = (await app.inject('/docs/json')).json();
    const named = JSON.stringify(paths).matchAll(/"#\/components\/schemas\/([^"]*)"/g);
    expect(Object.keys(components.schemas ?? {})).toEqual(
      expect.arrayContaining([...named].map(([, schema]) => schema)),
    );
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/search',
        '/embed/query',
        '/documents/{id}',
        '/analyze',
        '/health/live',
        '/health/ready',
        '/metrics',
      ]),
    );
    expect(paths['/embed/query'].post.requestBody.content['application/json'].schema.required).toEqual(['text']);
    expect(Object.keys(paths['/search'].post.responses)).toEqual(['200', '4XX', '5XX']);
  });

  it('shows the interface over plain HTTP under any name', async () => {
    const page = await app.inject('/docs');
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    // it would have a browser ask for the scripts over HTTPS, unless the name is one of loopback
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(policy).toContain("script-src 'self'");
    const scripts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(scripts.length).toBeGreaterThan(2);
    for (const url of scripts) expect([url, /^(?:https?:|\/\/)/.test(url)]).toEqual([url, false]);
  });
});
