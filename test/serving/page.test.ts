import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import type { App, Building } from '../../serving/parts.js';
import { makeKeys } from './keys.js';
import { closeApps, expectError, open } from './open-app.js';

let pictures: string;
let app: App;

beforeAll(async () => {
  pictures = await mkdtemp(join(tmpdir(), 'tandem-pictures-'));
  await writeFile(join(pictures, 'chair.webp'), 'RIFF');
  app = await open({ pictures, countries: [{ country: 'us', language: 'en' }] });
});
afterAll(async () => {
  await closeApps();
  await rm(pictures, { recursive: true });
});

describe('the page', () => {
  /** The files that a page is made of. */
  async function filesOf(url: string): Promise<string[]> {
    const { body } = await app.inject(url);
    const named = [...body.matchAll(/(?:src|href)="\.\/([\w.-]+\.\w+)"/g)].map(([, name]) => `/${name}`);
    return [url, ...new Set(named)];
  }
  const types: readonly [RegExp, string][] = [
    [/\.js$/, 'javascript'],
    [/\.css$/, 'text/css'],
    [/\.svg$/, 'image/svg+xml'],
    [/^\/\w*$/, 'text/html'],
  ];

  it.each(['/', '/operator'])('serves %s and its files under a strict content policy', async url => {
    const files = await filesOf(url);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const reply = await app.inject(file);
      expect([file, reply.statusCode]).toEqual([file, 200]);
      expect(reply.headers['content-type']).toContain(types.find(([form]) => form.test(file))?.[1]);
      const policy = String(reply.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("img-src 'self' blob:;");
      expect(policy).not.toContain('unsafe');
      expect(reply.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('shows pictures of origins that are allowed', async () => {
    const allowing = await open({}, { pictureOrigins: ['https://images.example.org'] });
    const { headers } = await allowing.inject('/');
    expect(headers['content-security-policy']).toContain("img-src 'self' blob: https://images.example.org;");
    expect((await allowing.inject('/page/settings')).json().pictureOrigins).toEqual(['https://images.example.org']);
  });

  it.each(['/', '/operator'])('%s asks no other origin and puts no data into markup', async url => {
    for (const file of await filesOf(url)) {
      const { body } = await app.inject(file);
      expect(body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/\w/);
      expect(body).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/);
      expect(body).not.toMatch(/<[^>]+ (style|on\w+)=/);
    }
  });

  it('knows what it may offer', async () => {
    expect((await app.inject('/page/settings')).json()).toEqual({
      documents: 3,
      modes: ['hybrid', 'vector', 'token'],
      places: [{ country: 'us', language: 'en' }],
      attributes: [],
      floor: { minScore: 'auto' },
      pictureOrigins: [],
    });
    const without = await open({});
    expect((await without.inject('/page/settings')).json()).toMatchObject({ places: [] });
  });

  it('knows what is built behind the service, and how far it is', async () => {
    let building: Building = { state: 'running', text: 'training the towers', share: 0.25 };
    const service = await open({ building: () => building });
    const settings = async () => (await service.inject('/page/settings')).json();
    expect((await settings()).building).toEqual(building);
    building = { state: 'done', text: 'searching by meaning too' };
    expect((await settings()).building).toEqual(building);
    expect((await app.inject('/page/settings')).json()).not.toHaveProperty('building');
  });

  it('lets a cache between keep pictures that everybody may see, and no others', async () => {
    const kept = async (of: App, headers = {}) =>
      (await of.inject({ url: '/pictures/chair.webp', headers })).headers['cache-control'];
    expect(await kept(app)).toBe('public, max-age=86400');
    const keys = makeKeys({ all: 'search' });
    const locked = await open({ pictures, access: keyAccess(keys.ring) });
    expect(await kept(locked, keys.bearer('all'))).toBe('private, max-age=86400');
  });

  it('serves pictures and nothing beside them', async () => {
    expect((await app.inject('/pictures/chair.webp')).body).toBe('RIFF');
    for (const url of [
      '/pictures/none.webp',
      '/pictures/',
      '/pictures/../package.json',
      '/pictures/..%2fpackage.json',
    ]) {
      expectError(await app.inject(url), 404, 'request/not-found');
    }
    const without = await open();
    expectError(await without.inject('/pictures/chair.webp'), 404, 'request/not-found');
  });

  it('follows no link out of the folder of pictures, be the folder itself behind one', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'tandem-outside-'));
    await writeFile(join(outside, 'secret.webp'), 'secret');
    await symlink(join(outside, 'secret.webp'), join(pictures, 'link.webp'));
    await symlink(outside, join(pictures, 'up'));
    await symlink(join(pictures, 'chair.webp'), join(pictures, 'own.webp'));
    await symlink(pictures, join(outside, 'pictures'));
    for (const to of [app, await open({ pictures: join(outside, 'pictures') })]) {
      for (const url of ['/pictures/link.webp', '/pictures/up/secret.webp', '/pictures/a%00.webp'])
        expectError(await to.inject(url), 404, 'request/not-found');
      for (const url of ['/pictures/own.webp', '/pictures/chair.webp'])
        expect((await to.inject(url)).body).toBe('RIFF');
    }
    await rm(outside, { recursive: true });
  });
});
