import { afterAll, describe, expect, it } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import type { App } from '../../serving/parts.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { makeKeys } from './keys.js';
import { memoryBackend } from './memory-backend.js';
import { closeApps, expectError, open } from './open-app.js';

afterAll(closeApps);

const session = 's1';
const time = '2026-05-01T10:00:00.000Z';

/** A service that keeps events in a list. */
async function keeping(parts: Parameters<typeof open>[0] = {}) {
  const kept: object[] = [];
  const app = await open({ events: { append: async rows => void kept.push(...rows) }, ...parts });
  return { app, kept };
}
const send = (app: App, events: readonly object[], headers = {}) =>
  app.inject({ method: 'POST', url: '/events', payload: { events }, headers });

describe('POST /events', () => {
  it('keeps what was done as rows that preparation reads, with the query that an answer was for', async () => {
    const { app, kept } = await keeping();
    const found = await app.inject({
      method: 'POST',
      url: '/search',
      payload: { text: 'garden', country: 'us', queryId: true },
    });
    const { queryId } = found.json();
    const reply = await send(app, [
      { type: 'click', session, time, queryId, documentId: 'a', rank: 2 },
      { type: 'order', session, time: Date.parse(time), documentId: 'a' },
      { type: 'search', session, time: '2026-05-01T12:00:00+02:00', query: 'hose' },
    ]);
    expect([reply.statusCode, reply.json()]).toEqual([200, { events: 3 }]);
    expect(kept).toEqual([
      { session, time, type: 'click', query: 'garden', country: 'us', documentId: 'a', rank: 2 },
      { session, time, type: 'order', documentId: 'a' },
      { session, time, type: 'search', query: 'hose' },
    ]);
  });

  it('takes the time of the service where none is told', async () => {
    const { app, kept } = await keeping();
    const before = Date.now();
    await send(app, [{ type: 'cart', session, documentId: 'a' }]);
    const { time: written } = kept[0] as { time: string };
    expect(Date.parse(written)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(written)).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    [{ type: 'click', session }, 'events.0.documentId'],
    [{ type: 'search', session }, 'events.0.query'],
    [{ type: 'click', documentId: 'a' }, 'events.0.session'],
    [{ type: 'click', session, documentId: 'a', rank: 0 }, 'events.0.rank'],
    [{ type: 'click', session, documentId: 'a', time: 1_714_557_600 }, 'events.0.time'],
    [{ type: 'click', session, documentId: 'a', time: 'yesterday' }, 'events.0.time'],
    [{ type: 'click', session, documentId: 'a', queryId: 'none' }, 'events.0.queryId'],
    [{ type: 'click', session, documentId: 'a', position: 1 }, 'events.0'],
  ])('keeps none where one is wrong: %j', async (wrong, path) => {
    const { app, kept } = await keeping();
    const good = { type: 'click', session, documentId: 'a' };
    expect(expectError(await send(app, [wrong, good]), 400, 'request/invalid')).toContain(path);
    expect(kept).toEqual([]);
  });

  it('says that it keeps none, and that there is no more room', async () => {
    expectError(await send(await open(), [{ type: 'click', session, documentId: 'a' }]), 404, 'events/disabled');
    const { app } = await keeping({
      events: {
        append: async () => {
          throw new TandemError('events/storage-full', 'the events take 30 bytes already');
        },
      },
    });
    expectError(await send(app, [{ type: 'click', session, documentId: 'a' }]), 507, 'events/storage-full');
  });

  it('is for keys that may send events, and of one tenant about its own documents', async () => {
    const filter = [{ terms: { field: 'tenant', values: ['a'] } }];
    const keys = makeKeys({ page: 'events', reader: 'read', tenant: { scopes: ['events'], filter } });
    const backend = memoryBackend();
    const own = {
      ...backend,
      filteredReader: () => ({ ...backend, get: async (id: string) => (id === 'a' ? backend.get(id) : undefined) }),
    };
    const { app, kept } = await keeping({ backend: own, access: keyAccess(keys.ring) });
    const click = { type: 'click', session, time, documentId: 'a' };
    expectError(await send(app, [click]), 401, 'request/unauthorised');
    expectError(await send(app, [click], keys.bearer('reader')), 403, 'request/forbidden');
    expectError(
      await send(app, [click, { ...click, documentId: 'b' }], keys.bearer('tenant')),
      404,
      'request/not-found',
    );
    expect(kept).toEqual([]);
    expect((await send(app, [click], keys.bearer('tenant'))).statusCode).toBe(200);
    expect((await send(app, [{ ...click, documentId: 'b' }], keys.bearer('page'))).statusCode).toBe(200);
  });
});
