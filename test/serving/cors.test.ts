import { afterEach, describe, expect, it } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import { makeKeys } from './keys.js';
import { calm, idleWriter } from './memory-backend.js';
import { closeApps, open } from './open-app.js';

afterEach(closeApps);
const shop = 'https://shop.example.org';
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
const search = { method: 'POST', url: '/search', payload: { text: 'hose' } } as const;

describe('pages of other origins', () => {
  it('may read answers where theirs is named, errors too, and no other may', async () => {
    const keys = makeKeys({ page: 'search' });
    const app = await open({ access: keyAccess(keys.ring) }, { allowOrigin: [shop, 'http://localhost:3000'] });
    const found = await app.inject({ ...search, headers: { origin: shop, ...keys.bearer('page') } });
    expect([found.statusCode, found.headers['access-control-allow-origin']]).toEqual([200, shop]);
    expect(found.headers.vary).toBe('origin');
    expect(found.headers['access-control-expose-headers']).toContain('x-request-id');
    const refused = await app.inject({ ...search, headers: { origin: shop } });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, shop]);
    for (const origin of ['https://evil.example', `${shop}.evil.example`, 'http://shop.example.org', 'null']) {
      const other = await app.inject({ ...search, headers: { origin, ...keys.bearer('page') } });
      expect([origin, other.headers['access-control-allow-origin']]).toEqual([origin, undefined]);
      expect(other.headers.vary).toBe('origin');
    }
  });

  it('are told beforehand what they may send, without a key', async () => {
    const app = await open({ access: keyAccess(makeKeys({ page: 'search' }).ring) }, { allowOrigin: [shop] });
    const ask = (origin: string) =>
      app.inject({ method: 'OPTIONS', url: '/documents/a', headers: { origin, ...preflight } });
    const told = await ask(shop);
    expect([told.statusCode, told.body]).toEqual([204, '']);
    expect(told.headers['access-control-allow-methods']).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
    expect(told.headers['access-control-allow-headers']).toBe('authorization, content-type');
    expect((await ask('https://evil.example')).statusCode).toBe(401);
  });

  it('of all origins may read where all are named', async () => {
    const keys = makeKeys({ page: 'search' });
    const app = await open({ access: keyAccess(keys.ring) }, { allowOrigin: ['*'] });
    const { headers } = await app.inject({
      ...search,
      headers: { origin: 'https://any.example', ...keys.bearer('page') },
    });
    expect([headers['access-control-allow-origin'], headers.vary]).toEqual(['*', undefined]);
  });

  it('read nothing where none is named, and never write without a key', async () => {
    const closed = await open();
    const { headers } = await closed.inject({ ...search, headers: { origin: shop } });
    expect([headers['access-control-allow-origin'], headers.vary]).toEqual([undefined, undefined]);
    const named = await open({ writing: idleWriter }, { allowOrigin: [shop], admission: calm });
    const put = { method: 'PUT', url: '/documents/x', payload: { title: 'x' } } as const;
    expect((await named.inject({ ...put, headers: { origin: shop, host: 'localhost' } })).statusCode).toBe(403);
    expect((await named.inject({ ...put, headers: { host: 'localhost' } })).statusCode).toBe(200);
  });
});
