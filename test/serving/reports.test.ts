import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createKeyIn } from '../../src/api/keys/keys.js';

let folder: string;
let server: Server;
const keys: Record<string, string> = {};
const get = (path: string, key?: string, at = server) =>
  fetch(new URL(path, at.url), key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-reports-'));
  await buildIndex({ documents: [{ id: 'a', title: 'lamp' }], out: join(folder, 'index') });
  const reports = join(folder, 'reports');
  await mkdir(join(reports, 'folder.html'), { recursive: true });
  await writeFile(join(folder, 'secret.html'), 'secret');
  for (const [i, name] of ['old.html', 'new.html', 'new.svg', 'new.json', 'notes.txt', '.hidden.html'].entries()) {
    await writeFile(join(reports, name), `content of ${name}`);
    await utimes(join(reports, name), i, i);
  }
  await symlink(join(folder, 'secret.html'), join(reports, 'link.html'));
  const file = join(folder, 'keys.json');
  const filter = [{ terms: { field: 'id', values: ['a'] } }];
  for (const [name, wanted] of Object.entries({ read: {}, search: {}, tenant: { filter } }))
    keys[name] = (await createKeyIn(file, { name, scope: [name === 'search' ? 'search' : 'read'], ...wanted })).key;
  server = await createServer({ index: join(folder, 'index'), keys: file, reports, port: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('reports', () => {
  it('are listed, the last first: pages in the folder itself and nothing else', async () => {
    expect(await (await get('/reports', keys.read)).json()).toEqual({
      kept: true,
      reports: [
        { name: 'new.html', written: '1970-01-01T00:00:01.000Z', bytes: 19 },
        { name: 'old.html', written: '1970-01-01T00:00:00.000Z', bytes: 19 },
      ],
    });
  });

  it('are handed out as they are, and may run nothing', async () => {
    const page = await get('/reports/new.html', keys.read);
    expect(await page.text()).toBe('content of new.html');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    );
    for (const [name, type] of [
      ['new.svg', 'image/svg+xml'],
      ['new.json', 'application/json; charset=utf-8'],
    ])
      expect((await get(`/reports/${name}`, keys.read)).headers.get('content-type')).toBe(type);
  });

  it.each(['none.html', 'link.html', 'folder.html'])('are not what is no file of the folder: %s', async name => {
    const refused = await get(`/reports/${name}`, keys.read);
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ code: 'request/not-found' });
  });

  it.each(['..%2fsecret.html', '.hidden.html', 'notes.txt', 'a%00.html'])(
    'have names that are no paths: %s',
    async name => {
      expect((await get(`/reports/${name}`, keys.read)).status).toBe(400);
    },
  );

  it.each(['/reports', '/reports/new.html'])('are for keys that read all of the index: %s', async path => {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, keys.search)).status).toBe(403);
    expect((await get(path, keys.tenant)).status).toBe(403);
  });

  it('are none where the service is started without a folder', async () => {
    await server.close();
    const bare = await createServer({ index: join(folder, 'index'), port: 0 });
    expect(await (await get('/reports', undefined, bare)).json()).toEqual({ kept: false, reports: [] });
    expect((await get('/reports/new.html', undefined, bare)).status).toBe(404);
    await bare.close();
  });
});
