import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenancy } from '../../serving/access.js';
import { type Asked, foreign, json, ofB, openTenants, own } from './tenants.js';

/**
 * What every route means to a key with a filter. A route that is not here makes this red: say what it means, and where it is `own`, add requests to
 * `requests` below, by which it is tried.
 */
const tenancies: Readonly<Record<string, Tenancy>> = {
  'POST /search': 'own',
  'POST /search/next': 'own',
  'GET /suggest': 'own',
  'POST /explain': 'own',
  'GET /documents/{id}': 'own',
  'PUT /documents/{id}': 'own',
  'PATCH /documents/{id}': 'own',
  'DELETE /documents/{id}': 'own',
  'POST /documents/bulk': 'own',
  'POST /documents/delete': 'own',
  'POST /multi-search': 'own',
  'POST /events': 'own',
  'GET /page/settings': 'own',
  'POST /embed/query': 'none',
  'POST /v1/embeddings': 'none',
  'GET /v1/models': 'none',
  'POST /analyze': 'none',
  'POST /jobs': 'none',
  'GET /jobs': 'none',
  'GET /jobs/{id}': 'none',
  'GET /jobs/{id}/embeddings': 'none',
  'GET /jobs/{id}/dead-letters': 'none',
  'DELETE /jobs/{id}': 'none',
  'GET /health/live': 'none',
  'GET /health/ready': 'none',
  'GET /dictionary': 'closed',
  'PUT /dictionary': 'closed',
  'GET /synonyms': 'closed',
  'PUT /synonyms': 'closed',
  'GET /rules': 'closed',
  'PUT /rules': 'closed',
  'GET /generations': 'closed',
  'POST /generations': 'closed',
  'DELETE /generations/{number}': 'closed',
  'POST /generations/{number}/switch': 'closed',
  'POST /generations/{number}/compare': 'closed',
  'POST /generations/rollback': 'closed',
  'GET /slow-searches': 'closed',
  'GET /reports': 'closed',
  'GET /snapshots': 'closed',
  'POST /snapshots': 'closed',
  'GET /metrics': 'closed',
};
/** Routes that the interface does not describe; all others that it does not show the files of. */
const hidden = ['GET /pictures/*', 'GET /'];

/** Words that are nearly those that documents of others alone hold. */
const near = ['quokkanat', 'zephyrlam', 'gnomonwx', 'quokk', 'zeph', 'gnomon', 'vuvu', 'xylo', 'quokkanuut'] as const;

const foreignFacts = ['kryptobrand', 'umbrafield', 'foreigncountry', 'b-0', 'picture-of-b'];
const secrets = [...foreign, ...foreignFacts];

let tenants: Awaited<ReturnType<typeof openTenants>>;
beforeAll(async () => {
  tenants = await openTenants();
});
afterAll(() => tenants.close());
const ask: typeof tenants.ask = (...asked) => tenants.ask(...asked);

const word = fc.constantFrom(...own, ...near);
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(' '));
const id = fc.oneof(
  fc.integer({ min: 0, max: 21 }).map(i => `a-${i}`),
  fc.integer({ min: 0, max: 29 }).map(i => `b-0${i}`),
);
const field = fc.constantFrom('brand', 'tenant', 'price', 'id', 'umbra', 'country', 'umbrafiel');
const tenant = fc.constantFrom('a', 'b', 'A', undefined);
const images = fc.constantFrom(undefined, ['a/one.webp'], ['b/two.webp'], ['a/../b/two.webp'], ['two.webp']);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const clause = fc.oneof(
  field.map(name => ({ exists: { field: name } })),
  fc.constantFrom('b', 'A', 'a').map(value => ({ terms: { field: 'tenant', values: [value] } })),
  fc.constant({ not: { terms: { field: 'tenant', values: ['a'] } } }),
  fc.constant({ any: [{ terms: { field: 'tenant', values: ['a'] } }, { terms: { field: 'tenant', values: ['b'] } }] }),
);
const tree = fc.oneof(
  text.map(words => ({ bag: { text: words } })),
  word.map(words => ({ prefix: { text: words } })),
  word.map(words => ({ fuzzy: { text: words, edits: 2 } })),
  fc.constant({ all: {} }),
  fc.tuple(text, clause).map(([words, each]) => ({ bool: { should: [{ bag: { text: words } }, { filter: each }] } })),
  clause.map(each => ({ bool: { must: [{ all: {} }], mustNot: [{ filter: each }] } })),
);
const search = fc.record(
  {
    text,
    mode: fc.constantFrom('hybrid', 'vector', 'token'),
    k: fc.integer({ min: 1, max: 60 }),
    filter: fc.array(clause, { maxLength: 2 }),
    query: optional(tree),
    syntax: fc.constantFrom('plain', 'query'),
    facets: fc.array(
      field.map(name => ({ field: name, size: 100 })),
      { maxLength: 2 },
    ),
    groupBy: optional(field.map(name => ({ field: name }))),
    sort: optional(field.map(name => [{ field: name, order: 'asc' }])),
    total: fc.boolean(),
    pages: fc.boolean(),
    explain: fc.boolean(),
    highlight: fc.constant({}),
    language: fc.constantFrom('en', 'de'),
    country: fc.constant('us'),
    diversity: optional(fc.constant(0.5)),
    minScore: optional(fc.double({ min: 0, max: 1, noNaN: true })),
  },
  { requiredKeys: ['text'] },
);
const similar = fc.record({
  similar: fc.record({ to: fc.tuple(id), not: fc.array(id, { minLength: 1, maxLength: 1 }) }),
  mode: fc.constantFrom('hybrid', 'vector', 'token'),
  k: fc.integer({ min: 1, max: 60 }),
});
const ownText = fc.array(fc.constantFrom(...own), { minLength: 1, maxLength: 3 }).map(words => words.join(' '));
const row = fc.record(
  { title: ownText, tenant, images, price: fc.integer(), extra: fc.constantFrom('x', ['a'], null) },
  { requiredKeys: ['title'] },
);
const line = fc.oneof(
  fc.tuple(id, row).map(([of, fields]) => ({ put: { ...fields, id: of } })),
  fc.tuple(id, row).map(([of, fields]) => ({ patch: { ...fields, id: of } })),
  id.map(of => ({ delete: of })),
);
/** cursors that are handed out while requests are made, those of others too */
const cursors: string[] = [];

const requests: Readonly<Record<string, fc.Arbitrary<Asked>>> = {
  'POST /search': fc.oneof(
    search.map(body => json('/search', body)),
    similar.map(body => json('/search', body)),
  ),
  'POST /search/next': fc
    .tuple(fc.nat(), fc.integer({ min: 1, max: 50 }))
    .map(([i, k]) => json('/search/next', { cursor: cursors[i % Math.max(1, cursors.length)] ?? 'none', k })),
  'GET /suggest': fc.oneof(text, word).map(typed => ({
    method: 'GET',
    url: `/suggest?k=50&text=${encodeURIComponent(typed)}`,
  })),
  'POST /explain': fc
    .tuple(id, text, tree)
    .map(([of, words, query]) => json('/explain', { id: of, text: words, query })),
  'GET /documents/{id}': id.map(of => ({ method: 'GET', url: `/documents/${of}` })),
  'PUT /documents/{id}': fc.tuple(id, row).map(([of, body]) => json(`/documents/${of}`, body, 'PUT')),
  'PATCH /documents/{id}': fc.tuple(id, row).map(([of, body]) => json(`/documents/${of}`, body, 'PATCH')),
  'DELETE /documents/{id}': id.map(of => ({ method: 'DELETE', url: `/documents/${of}` })),
  'POST /documents/bulk': fc.array(line, { minLength: 1, maxLength: 6 }).map(lines => ({
    method: 'POST',
    url: '/documents/bulk',
    payload: lines.map(each => `${JSON.stringify(each)}\n`).join(''),
    type: 'application/x-ndjson',
  })),
  'POST /documents/delete': fc
    .record({ filter: fc.array(clause, { maxLength: 2 }), most: fc.integer({ min: 1, max: 3 }), dryRun: fc.boolean() })
    .map(body => json('/documents/delete', body)),
  'POST /multi-search': fc
    .array(search, { minLength: 1, maxLength: 3 })
    .map(searches => json('/multi-search', { searches })),
  'GET /pictures/*': fc
    .constantFrom('a/one.webp', 'b/two.webp', 'a/../b/two.webp', 'a%2f..%2fb%2ftwo.webp', 'a/%2e%2e/b/two.webp')
    .map(path => ({ method: 'GET', url: `/pictures/${path}` })),
  'POST /events': id.map(documentId => json('/events', { events: [{ type: 'click', session: 's', documentId }] })),
  'GET /page/settings': fc.constant({ method: 'GET', url: '/page/settings' }),
  'POST /embed/query': text.map(words => json('/embed/query', { text: words })),
  'POST /analyze': text.map(words => json('/analyze', { text: words })),
  'GET /health/live': fc.constant({ method: 'GET', url: '/health/live' }),
  'GET /health/ready': fc.constant({ method: 'GET', url: '/health/ready' }),
  'GET /': fc.constantFrom('/', '/index.js').map(url => ({ method: 'GET', url })),
};

describe('a key with a filter', () => {
  it('every route says what it means to one', async () => {
    const { paths } = (await ask({ method: 'GET', url: '/docs/json' })).json();
    const said = Object.entries<Record<string, Record<string, unknown>>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, of]) => [`${method.toUpperCase()} ${path}`, of['x-key-filter']]),
    );
    expect(Object.fromEntries(said)).toEqual(tenancies);
    const own = [...hidden, ...Object.keys(tenancies).filter(route => tenancies[route] === 'own')];
    expect(own.filter(route => requests[route] === undefined)).toEqual([]);
    const closed = Object.keys(tenancies).filter(route => tenancies[route] === 'closed');
    for (const route of closed) {
      const [method, path] = route.split(' ') as [Asked['method'], string];
      const reply = await ask({ method, url: path.replace('{number}', '1') });
      expect([route, reply.statusCode, reply.json().code]).toEqual([route, 403, 'request/forbidden']);
      expect(reply.json().message).toContain('sees some documents');
    }
  });

  it('shows nothing of the documents of others, and changes none, whatever is asked', async () => {
    const before = new Map(
      await Promise.all(ofB.map(async ({ id: of }) => [of, await tenants.index.get(of)] as const)),
    );
    const every = fc.oneof(...Object.values(requests));
    const statuses = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(every, { minLength: 1, maxLength: 8 }), async asked => {
        const others = await ask(json('/search', { text: own[0], k: 2, pages: true, mode: 'token' }), 'all');
        cursors.splice(40, cursors.length, others.json().cursor);
        for (const each of asked) {
          const { statusCode, body } = await ask(each);
          const said = `${each.url} ${each.payload ?? ''} ${decodeURIComponent(each.url)}`;
          for (const secret of secrets)
            if (body.includes(secret) && !said.includes(secret))
              throw new Error(`${JSON.stringify(each)} is answered ${statusCode} ${body}`);
          expect([each, statusCode < 500, statusCode === 401]).toEqual([each, true, false]);
          const { cursor, total = 0, documents } = body.startsWith('{"') ? JSON.parse(body.split('\n')[0]) : {};
          if (typeof cursor === 'string') cursors.unshift(cursor);
          const most = tenants.index.ids().filter(of => !before.has(of)).length;
          expect(total).toBeLessThanOrEqual(most);
          if (each.url === '/page/settings') expect(documents).toBe(most);
          statuses.set(`${each.url.split('/')[1].split('?')[0]} ${statusCode}`, 1);
        }
        for (const of of tenants.index.ids()) {
          const document = await tenants.index.get(of);
          if (before.has(of)) expect(document).toEqual(before.get(of));
          else expect([document?.tenant].flat()).toContain('a');
        }
        expect(tenants.index.ids().filter(of => before.has(of))).toHaveLength(before.size);
      }),
      { numRuns: 200 },
    );
    // the requests did something
    for (const done of ['search 200', 'suggest 200', 'explain 200', 'explain 404', 'documents 200', 'documents 403'])
      expect([done, statuses.has(done)]).toEqual([done, true]);
    for (const done of ['documents 404', 'documents 409', 'pictures 200', 'pictures 404'])
      expect([done, statuses.has(done)]).toEqual([done, true]);
  });
});
