import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import { createMeasures, renderTogether, watchedFigures } from '../../serving/measures.js';
import type { App, AppOptions, AppParts } from '../../serving/parts.js';
import { watchFigures } from '../../serving/watched-figures.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from '../search/fixture.js';
import { makeKeys } from './keys.js';
import { closeApps, open } from './open-app.js';

let folder: string;
let index: WritableIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-operation-'));
  const documents = Array.from({ length: 20 }, (_, i) => ({ id: `d${i}`, title: `red garden hose ${i}` }));
  const embedder = letterModel();
  await buildIndex({ documents, embedder, indexing: indexing({ fusionWeight: 0.5 }), out: join(folder, 'index') });
  index = await openWritableIndex(join(folder, 'index'), { embedder, saveEveryMs: 1_000_000 });
});
afterEach(closeApps);
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

function logged() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { lines, logger };
}

const serve = (options: AppOptions = {}, parts: Partial<AppParts> = {}): Promise<App> =>
  open({ backend: index, writing: index, figures: () => index.figures(), ...parts }, options);
const search = (app: App, body: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/search', payload: body, headers });

describe('/metrics', () => {
  /** the value of a figure, by its name with labels */
  async function figure(app: App, name: string): Promise<number> {
    const { body } = await app.inject('/metrics');
    const line = body.split('\n').find(each => each.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  }

  it('tells what caches did', async () => {
    const app = await serve();
    const [hits, misses] = ['tandem_cache_hits_total{cache="queries"}', 'tandem_cache_misses_total{cache="queries"}'];
    const before = [await figure(app, hits), await figure(app, misses)];
    for (let i = 0; i < 3; i++) expect((await search(app, { text: 'violet umbrella' })).statusCode).toBe(200);
    expect([await figure(app, hits), await figure(app, misses)]).toEqual([before[0] + 2, before[1] + 1]);
    expect(await figure(app, 'tandem_cache_bytes{cache="queries"}')).toBeGreaterThan(0);
    const expired = 'tandem_cache_misses_total{cache="cursors"}';
    const missed = await figure(app, expired);
    await app.inject({ method: 'POST', url: '/search/next', payload: { cursor: 'none' } });
    expect(await figure(app, expired)).toBe(missed + 1);
    const held = await figure(app, 'tandem_cache_bytes{cache="cursors"}');
    await search(app, { text: 'hose', k: 2, pages: true });
    expect(await figure(app, 'tandem_cache_bytes{cache="cursors"}')).toBeGreaterThan(held);
  });

  it('tells how fresh what is searched is, and what a start would replay', async () => {
    const app = await serve();
    const before = await figure(app, 'tandem_commit');
    const headers = { host: 'localhost' };
    await app.inject({ method: 'PUT', url: '/documents/new', payload: { title: 'violet umbrella' }, headers });
    expect(await figure(app, 'tandem_commit')).toBe(before + 1);
    expect(await figure(app, 'tandem_commits_behind')).toBe(0);
    expect(await figure(app, 'tandem_commits_unsaved')).toBeGreaterThan(0);
    await index.save();
    expect(await figure(app, 'tandem_commits_unsaved')).toBe(0);
    expect(await figure(app, 'tandem_segments')).toBeGreaterThan(0);
    expect(await figure(app, 'tandem_segment_bytes')).toBeGreaterThan(0);
  });

  it('tells what stands before a request', async () => {
    const queue = { inFlight: 3, waiting: 2, workMs: 1_500 };
    const admission = {
      ...{
        admits: () => true,
        begin: () => ({ turn: async () => true, end: () => undefined }),
        accepted: () => undefined,
      },
      figures: () => queue,
    };
    const app = await serve({ admission });
    expect(await figure(app, 'tandem_requests_in_flight')).toBe(3);
    expect(await figure(app, 'tandem_requests_waiting')).toBe(2);
    expect(await figure(app, 'tandem_queued_work_seconds')).toBe(1.5);
    expect(await figure(app, 'tandem_connections')).toBe(0);
  });
});

describe('the figures of several processes', () => {
  const of = (connections: number, behind: number, hits: number) => {
    const measures = createMeasures();
    watchFigures(measures, {
      queue: () => ({ inFlight: 1, waiting: 0, workMs: 0 }),
      connections: () => connections,
      slowSearches: () => 0,
      index: () => ({
        ...{ commit: 10 - behind, behind, segments: 1, segmentBytes: 5 },
        caches: { postings: { hits, misses: 1, bytes: 2 } },
        ...(hits === 5 && { recall: { recall: 0.98, low: 0.9, high: 0.99, queries: 40 } }),
      }),
    });
    return measures.figures();
  };

  it('are added up, but for those that say how far the slowest is', async () => {
    const keeper = watchedFigures([{ name: 'tandem_workers', help: 'x', type: 'gauge', read: () => 2 }]);
    const { body } = await renderTogether([await of(3, 0, 5), await of(4, 2, 6), await keeper()]);
    for (const line of [
      ...['tandem_connections 7', 'tandem_commit 8', 'tandem_commits_behind 2', 'tandem_workers 2'],
      ...['tandem_cache_hits_total{cache="postings"} 11', 'tandem_segment_bytes 5', 'tandem_requests_in_flight 2'],
      // of the one process that has sampled queries
      ...[
        'tandem_vector_recall{of="mean"} 0.98',
        'tandem_vector_recall{of="low"} 0.9',
        'tandem_vector_recall_queries 40',
      ],
    ])
      expect(body.split('\n')).toContain(line);
    expect(body).toContain('tandem_commits_unsaved 0\n');
  });
});

describe('the log', () => {
  it('tells of slow searches how long each stage took, and nothing of what was asked', async () => {
    const { lines, logger } = logged();
    const keys = makeKeys({ shop: 'search' });
    const app = await serve({ logger, slowQueryMs: 0 }, { access: keyAccess(keys.ring) });
    const asked = { text: 'secret hose', filter: [{ exists: { field: 'title' } }], total: true, mode: 'token' };
    await search(app, asked, keys.bearer('shop'));
    const [slow, ...others] = lines.filter(({ msg }) => msg === 'slow search');
    expect(others).toEqual([]);
    expect(slow).toMatchObject({ level: 40, mode: 'token', key: 'shop', asked: ['text', 'filter', 'total', 'mode'] });
    expect(slow.took).toMatchObject({ token: expect.any(Number), total: slow.ms });
    expect(slow).not.toHaveProperty('explained');
    await app.inject({ url: '/suggest?text=secret', headers: keys.bearer('shop') });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('tells, where it is told to, what was asked, and explains the best hit', async () => {
    const { lines, logger } = logged();
    const app = await serve({ logger, slowQueryMs: 0, logText: true });
    await search(app, { text: 'garden hose', mode: 'token' });
    const { hits } = (await search(app, { text: 'garden hose', mode: 'token' })).json();
    const slow = lines.filter(({ msg }) => msg === 'slow search');
    expect(slow[0]).toMatchObject({
      asked: { text: 'garden hose' },
      explained: { id: hits[0].id, value: hits[0].score },
    });
    // one a second: what is slow must not become slower by being explained
    expect(slow.map(line => 'explained' in line)).toEqual([true, false]);
    await app.inject({ url: '/suggest?text=garden' });
    expect(JSON.stringify(lines)).toContain('/suggest?text=garden');
  });

  it('tells of no search that is quick enough, and counts the others', async () => {
    const { lines, logger } = logged();
    const app = await serve({ logger, slowQueryMs: 60_000 });
    await search(app, { text: 'hose' });
    expect(lines.filter(({ msg }) => msg === 'slow search')).toEqual([]);
    expect((await app.inject('/metrics')).body).toContain('tandem_slow_searches_total 0');
    const slow = await serve({ slowQueryMs: 0 });
    const searches = [{ text: 'hose' }, { text: 'red' }];
    await slow.inject({ method: 'POST', url: '/multi-search', payload: { searches } });
    expect((await slow.inject('/metrics')).body).toContain('tandem_slow_searches_total 2');
  });
});
