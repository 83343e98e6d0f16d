import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import { AddressCounts } from '../../serving/address-counts.js';
import { createApp } from '../../serving/app.js';
import type { App, AppParts } from '../../serving/parts.js';
import { makeKeys } from './keys.js';
import { calm, memoryParts } from './memory-backend.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0)) await close();
});

async function limited(rateLimit: number, parts: Partial<AppParts> = {}): Promise<App> {
  const app = await createApp(memoryParts(parts), { admission: calm, rateLimit });
  closing.push(() => app.close());
  return app;
}

const statusOf = async (app: App, url = '/documents/a', remoteAddress = '192.0.2.1'): Promise<number> =>
  (await app.inject({ url, remoteAddress })).statusCode;

describe('--rate-limit', () => {
  it('does not look at the clock of the machine, which may be set', async () => {
    const app = await limited(1);
    expect([await statusOf(app), await statusOf(app)]).toEqual([200, 429]);
    const real = Date.now();
    for (const hours of [1, -1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: real + hours * 3_600_000 });
      const refused = await app.inject({ url: '/documents/a', remoteAddress: '192.0.2.1' });
      expect(refused.statusCode).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(await statusOf(app, '/documents/a', `192.0.2.${3 + hours}`)).toBe(200);
    }
  });

  it('counts no probes, no pictures and no files of the page', async () => {
    const pictures = await mkdtemp(join(tmpdir(), 'tandem-limit-'));
    closing.push(() => rm(pictures, { recursive: true }));
    await writeFile(join(pictures, 'a.webp'), 'RIFF');
    const app = await limited(1, { pictures });
    const free = ['/health/live', '/health/ready', '/metrics', '/pictures/a.webp', '/', '/index.js'];
    for (const url of [...free, ...free]) expect([url, await statusOf(app, url)]).toEqual([url, 200]);
    expect([await statusOf(app), await statusOf(app)]).toEqual([200, 429]);
    for (const url of free) expect([url, await statusOf(app, url)]).toEqual([url, 200]);
  });

  it('counts what is refused for want of a key', async () => {
    const access = keyAccess(makeKeys({ a: 'read' }).ring);
    const app = await limited(2, { access });
    expect([await statusOf(app), await statusOf(app), await statusOf(app)]).toEqual([401, 401, 429]);
  });

  it('takes a network of IPv6 for one address', async () => {
    const app = await limited(1);
    expect(await statusOf(app, '/documents/a', '2001:db8::1')).toBe(200);
    expect(await statusOf(app, '/documents/a', '2001:db8::ffff:2')).toBe(429);
    expect(await statusOf(app, '/documents/a', '2001:db8:0:1::1')).toBe(200);
  });

  it('keeps an address blocked, whatever thousands of others do', async () => {
    const app = await limited(1);
    expect([await statusOf(app), await statusOf(app)]).toEqual([200, 429]);
    for (let i = 0; i < 6_000; i++) await app.inject({ url: '/nowhere', remoteAddress: `10.0.${i >> 8}.${i & 255}` });
    expect(await statusOf(app)).toBe(429);
  });
});

describe('the limit of a key', () => {
  it('counts what is asked with it, from wherever, beside that of each address', async () => {
    const keys = makeKeys({ few: { scopes: ['read'], rateLimit: 2 }, free: 'read' });
    const app = await limited(3, { access: keyAccess(keys.ring) });
    const ask = (name: string, remoteAddress: string, url = '/documents/a') =>
      app.inject({ url, remoteAddress, headers: keys.bearer(name) });
    const statuses = async (name: string, addresses: readonly string[]): Promise<number[]> => {
      const found = [];
      for (const address of addresses) found.push((await ask(name, address)).statusCode);
      return found;
    };
    expect(await statuses('few', ['192.0.2.1', '192.0.2.2', '192.0.2.3'])).toEqual([200, 200, 429]);
    const refused = await ask('few', '192.0.2.4');
    expect(refused.json()).toMatchObject({ code: 'request/rate-limited', message: expect.stringContaining('"few"') });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await ask('few', '192.0.2.4', '/index.js')).statusCode).toBe(200);
    expect(await statuses('free', ['192.0.2.5', '192.0.2.5', '192.0.2.5', '192.0.2.5'])).toEqual([200, 200, 200, 429]);
  });
});

describe('the limit of a key for several requests in one', () => {
  it('counts each search of /multi-search', async () => {
    const keys = makeKeys({ few: { scopes: ['search'], rateLimit: 5 } });
    const app = await limited(100, { access: keyAccess(keys.ring) });
    const ask = async (count: number): Promise<number> => {
      const payload = { searches: Array.from({ length: count }, () => ({ text: 'a' })) };
      return (await app.inject({ method: 'POST', url: '/multi-search', payload, headers: keys.bearer('few') }))
        .statusCode;
    };
    expect([await ask(3), await ask(2), await ask(1)]).toEqual([200, 200, 429]);
  });

  it('refuses at once what is more than a minute may have', async () => {
    const keys = makeKeys({ few: { scopes: ['search'], rateLimit: 5 } });
    const app = await limited(100, { access: keyAccess(keys.ring) });
    const payload = { searches: Array.from({ length: 6 }, () => ({ text: 'a' })) };
    const reply = await app.inject({ method: 'POST', url: '/multi-search', payload, headers: keys.bearer('few') });
    expect(reply.statusCode).toBe(429);
  });
});

describe('AddressCounts', () => {
  function counts(most: number) {
    let time = 1_000;
    const store = new AddressCounts(undefined, () => time, most);
    const ask = (address: string): number => {
      let requests = 0;
      const count = (_: unknown, result?: { current: number }): void => {
        requests = result?.current ?? 0;
      };
      store.incr(address, count, 60_000, 3);
      return requests;
    };
    const pass = (milliseconds: number): void => {
      time += milliseconds;
    };
    return { ask, pass };
  }

  it('counts in windows', () => {
    const { ask, pass } = counts(10);
    expect([ask('a'), ask('a'), ask('b')]).toEqual([1, 2, 1]);
    pass(59_999);
    expect([ask('a'), ask('a')]).toEqual([3, 4]);
    pass(1);
    expect([ask('a'), ask('b')]).toEqual([1, 1]);
  });

  it('forgets those that may still ask before those that may not, and no more than it must', () => {
    const { ask, pass } = counts(10);
    for (let i = 0; i < 4; i++) ask('blocked');
    for (let i = 0; i < 1_000; i++) ask(`other ${i}`);
    expect(ask('blocked')).toBe(5);
    expect(ask('other 999')).toBe(2);
    expect(ask('other 0')).toBe(1);
    // ten others that are blocked themselves take its place
    for (let i = 0; i < 10; i++) for (let j = 0; j < 3; j++) ask(`loud ${i}`);
    expect(ask('blocked')).toBe(1);
    expect(ask('loud 9')).toBe(4);
    pass(60_000);
    expect(ask('loud 9')).toBe(1);
  });
});
