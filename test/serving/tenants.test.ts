import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyAccess, type Tenancy } from '../../serving/access.js';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from '../search/fixture.js';
import { makeKeys } from './keys.js';
import { calm } from './memory-backend.js';

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
  'GET /snapshots': 'closed',
  'POST /snapshots': 'closed',
  'GET /metrics': 'closed',
};
/** Routes that the interface does not describe; all others that it does not show the files of. */
const hidden = ['GET /pictures/*', 'GET /'];

const own = ['hammer', 'garden', 'ladder', 'steel', 'wooden', 'handle', 'claw', 'paint'] as const;
/** Words that documents of others alone hold, and words that are nearly these. */
const foreign = ['quokkanut', 'zephyrlamp', 'gnomonwax', 'xylophane', 'vuvuzela'] as const;
const near = ['quokkanat', 'zephyrlam', 'gnomonwx', 'quokk', 'zeph', 'gnomon', 'vuvu', 'xylo', 'quokkanuut'] as const;

const foreignFacts = ['kryptobrand', 'umbrafield', 'foreigncountry', 'b-0', 'picture-of-b'];
const secrets = [...foreign, ...foreignFacts];

const wordsAt = (words: readonly string[], i: number): string =>
  [words[i % words.length], words[(i * 3 + 1) % words.length], words[(i * 5 + 2) % words.length]].join(' ');
const ofA: readonly DocumentRow[] = Array.from({ length: 20 }, (_, i) => ({
  id: `a-${i}`,
  title: wordsAt(own, i),
  tenant: 'a',
  brand: ['oak', 'elm'][i % 2],
  price: i,
  images: ['a/one.webp'],
}));
const ofB: readonly DocumentRow[] = Array.from({ length: 30 }, (_, i) => ({
  id: `b-0${i}`,
  title: `${wordsAt(foreign, i)} ${own[i % own.length]}`,
  description: wordsAt(foreign, i + 1),
  // a list holds when one of its elements does: none of these is of a
  tenant: ['b', 'A', 'aa'][i % 3],
  brand: 'kryptobrand',
  umbrafield: { umbrafield: i },
  country: 'foreigncountry',
  price: i,
  images: ['b/two.webp'],
}));

const filter = [{ terms: { field: 'tenant', values: ['a'] } }];
const keys = makeKeys({
  a: { scopes: ['write', 'events', 'admin'], filter, pictures: 'a' },
  all: 'admin',
});

let folder: string;
let index: WritableIndex;
let app: App;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tenants-'));
  for (const [place, content] of [
    ['a', 'picture-of-a'],
    ['b', 'picture-of-b'],
  ]) {
    await mkdir(join(folder, 'pictures', place), { recursive: true });
    await writeFile(join(folder, 'pictures', place, place === 'a' ? 'one.webp' : 'two.webp'), content);
  }
  const path = join(folder, 'index');
  const embedder = letterModel();
  const config = indexing({ fusionWeight: 0.3, spelling: true });
  await buildIndex({ documents: [...ofB, ...ofA], embedder, indexing: config, out: path });
  index = await openWritableIndex(path, { embedder });
  app = await createApp(
    {
      ...{ backend: index, embedder, writing: index, access: keyAccess(keys.ring) },
      pictures: join(folder, 'pictures'),
      countries: [{ country: 'foreigncountry' }],
      attributes: () => index.attributes(),
      events: { append: async () => {} },
    },
    { admission: calm },
  );
});
afterAll(async () => {
  await app.close();
  await index.close();
  await rm(folder, { recursive: true });
});

interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly payload?: string;
  readonly type?: string;
}

const ask = ({ method, url, payload, type = 'application/json' }: Asked, key = 'a') =>
  app.inject({
    ...{ method, url, payload },
    headers: { ...keys.bearer(key), ...(payload !== undefined && { 'content-type': type }) },
  });
const json = (url: string, body: unknown, method: Asked['method'] = 'POST'): Asked => ({
  ...{ method, url },
  payload: JSON.stringify(body),
});

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

describe('what a key with a filter does', () => {
  const put = (of: string, body: object) => ask(json(`/documents/${of}`, body, 'PUT'));
  const coded = (reply: { statusCode: number; json: () => { code?: string } }) => [reply.statusCode, reply.json().code];

  it('writes what passes the filter, and nothing else', async () => {
    expect((await put('a-new', { title: 'steel ruler', tenant: 'a' })).statusCode).toBe(200);
    expect((await ask(json('/search', { text: 'ruler', mode: 'token' }))).json().hits[0].id).toBe('a-new');
    expect(coded(await put('a-other', { title: 'steel ruler' }))).toEqual([403, 'key/outside-filter']);
    expect(coded(await put('a-other', { title: 'steel ruler', tenant: 'b' }))).toEqual([403, 'key/outside-filter']);
    expect(coded(await put('b-01', { title: 'steel ruler', tenant: 'a' }))).toEqual([409, 'key/id-taken']);
    expect(coded(await ask(json('/documents/b-01', { price: 1 }, 'PATCH')))).toEqual([404, 'request/not-found']);
    expect(coded(await ask(json('/documents/a-new', { tenant: 'b' }, 'PATCH')))).toEqual([403, 'key/outside-filter']);
    const removed = await ask({ method: 'DELETE', url: '/documents/b-01' });
    expect([removed.statusCode, removed.json().found]).toEqual([200, false]);
    expect((await ask({ method: 'DELETE', url: '/documents/a-new' })).json().found).toBe(true);
    expect(index.ids().filter(of => of === 'a-new' || of === 'a-other')).toEqual([]);
    expect(await index.get('b-01')).toEqual(ofB[1]);
  });

  it('is told the attributes of its own documents alone', async () => {
    const namesFor = async (key?: 'all'): Promise<string> => {
      const { attributes } = (await ask({ method: 'GET', url: '/page/settings' }, key)).json();
      return attributes.map(({ name }: { name: string }) => name).join();
    };
    expect(await namesFor()).toContain('brand');
    expect(await namesFor()).not.toContain('umbrafield');
    expect(await namesFor('all')).toContain('umbrafield');
  });

  it('names no picture that it does not see', async () => {
    const withImages = (...images: string[]) => put('a-pictured', { title: 'x', tenant: 'a', images });
    expect((await withImages('a/one.webp', 'data:image/png;base64,AAAA')).statusCode).toBe(200);
    for (const path of ['b/two.webp', 'a/../b/two.webp', 'one.webp', 'a', 'a\\..\\b\\two.webp'])
      expect(coded(await withImages(path))).toEqual([403, 'key/outside-filter']);
    const images = ['b/two.webp'];
    expect(coded(await ask(json('/documents/a-pictured', { images }, 'PATCH')))).toEqual([403, 'key/outside-filter']);
    const lines = [{ put: { id: 'a-bulk', title: 'x', tenant: 'a', images } }, { patch: { id: 'a-pictured', images } }];
    const payload = lines.map(each => `${JSON.stringify(each)}\n`).join('');
    await ask({ method: 'POST', url: '/documents/bulk', payload, type: 'application/x-ndjson' });
    expect(await index.get('a-bulk')).toBeUndefined();
    expect((await index.get('a-pictured'))?.images).toEqual(['a/one.webp', 'data:image/png;base64,AAAA']);
    await ask({ method: 'DELETE', url: '/documents/a-pictured' });
  });

  it('pages through its own rankings alone', async () => {
    const request = json('/search', { text: 'hammer', k: 2, pages: true, mode: 'token' });
    const { cursor } = (await ask(request)).json();
    expect((await ask(json('/search/next', { cursor, k: 2 }))).statusCode).toBe(200);
    expect(coded(await ask(json('/search/next', { cursor, k: 2 }), 'all'))).toEqual([410, 'search/cursor-expired']);
  });

  it('likens to its own documents alone, and deletes by a filter among them', async () => {
    const like = (...to: string[]) => ask(json('/search', { similar: { to }, mode: 'token' }));
    expect((await like('a-0')).json().hits.length).toBeGreaterThan(0);
    const [hidden, none] = [await like('b-00'), await like('none')];
    expect(hidden.json().message.replaceAll('b-00', 'none')).toBe(none.json().message);
    expect(coded(hidden)).toEqual([400, 'request/invalid']);
    const unlike = (...not: string[]) => ask(json('/search', { similar: { to: ['a-0'], not }, mode: 'token' }));
    expect(coded(await unlike('b-00'))).toEqual([400, 'request/invalid']);
    expect((await unlike('b-00')).json().message.replaceAll('b-00', 'none')).toBe(
      (await unlike('none')).json().message,
    );
    const everything = { filter: [{ exists: { field: 'tenant' } }], dryRun: true };
    const counted = async (key: string) => (await ask(json('/documents/delete', everything), key)).json().matched;
    expect([await counted('a'), await counted('all')]).toEqual([ofA.length, ofA.length + ofB.length]);
    expect(coded(await ask(json('/documents/delete', { filter: [] })))).toEqual([400, 'request/invalid']);
  });

  it('is shown nothing that rules of curation pin for others', async () => {
    const hits = async (key: string) => {
      const { statusCode, body } = await ask(json('/search', { text: 'hammer', total: true }), key);
      expect(statusCode).toBe(200);
      return JSON.parse(body);
    };
    const before = await hits('a');
    const rules = [{ id: 'promote', pin: ['b-00', 'a-1'], boost: { ids: ['b-01'] }, bury: { ids: ['b-02'] } }];
    expect((await ask(json('/rules', { rules }, 'PUT'), 'all')).statusCode).toBe(200);
    expect((await hits('all')).hits[0].id).toBe('b-00');
    const found = await hits('a');
    expect(found.hits.filter(({ id: of }: { id: string }) => of.startsWith('b-'))).toEqual([]);
    expect(found.hits.map(({ id: of }: { id: string }) => of)).toContain('a-1');
    expect(found.total).toBeLessThanOrEqual(before.total + 1);
    const explained = await ask(json('/explain', { id: 'b-00', text: 'hammer' }));
    expect(coded(explained)).toEqual([404, 'request/not-found']);
    expect((await ask(json('/rules', { rules: [] }, 'PUT'), 'all')).statusCode).toBe(200);
  });

  it('completes from its own titles, and is corrected to its own words', async () => {
    const completions = async (typed: string, key = 'a') =>
      (await ask({ method: 'GET', url: `/suggest?text=${encodeURIComponent(typed)}` }, key)).json().completions;
    expect((await completions('hamm')).map((each: { text: string }) => each.text)).toContain('hammer');
    expect((await completions('steel ha'))[0]).toMatchObject({ kind: 'word', text: 'steel hammer' });
    expect(await completions('quokk')).toEqual([]);
    expect(await completions('quokk', 'all')).not.toEqual([]);
    const suggestion = async (typed: string, key = 'a') =>
      (await ask(json('/search', { text: typed, mode: 'token' }), key)).json().suggestion;
    expect(await suggestion('hamer')).toBe('hammer');
    expect(await suggestion('quokkanat', 'all')).toBe('quokkanut');
    expect(await suggestion('quokkanat')).toBeUndefined();
  });
});

// these change the documents of their own tenant at random, so they come last
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
    const before = new Map(await Promise.all(ofB.map(async ({ id: of }) => [of, await index.get(of)] as const)));
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
          const most = index.ids().filter(of => !before.has(of)).length;
          expect(total).toBeLessThanOrEqual(most);
          if (each.url === '/page/settings') expect(documents).toBe(most);
          statuses.set(`${each.url.split('/')[1].split('?')[0]} ${statusCode}`, 1);
        }
        for (const of of index.ids()) {
          const document = await index.get(of);
          if (before.has(of)) expect(document).toEqual(before.get(of));
          else expect([document?.tenant].flat()).toContain('a');
        }
        expect(index.ids().filter(of => before.has(of))).toHaveLength(before.size);
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
