import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Access, keyAccess, loopbackAccess } from '../../serving/access.js';
import { createApp } from '../../serving/app.js';
import type { AppOptions } from '../../serving/parts.js';
import { listen } from '../../serving/server.js';
import { makeKeys } from './keys.js';
import { calm, idleWriter, memoryParts } from './memory-backend.js';

const isThere = spawnSync('nginx', ['-v']).error === undefined;
if (!isThere) console.warn('skipped: nginx is not installed, so nothing was sent through a real proxy');

let folder: string;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-nginx-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A service that counts what is written. */
async function service(access: Access, options: AppOptions = {}): Promise<{ port: string; writes: () => number }> {
  let writes = 0;
  const writer = { ...idleWriter, write: async () => ++writes };
  const app = await createApp(memoryParts({ writing: writer, access }), { admission: calm, ...options });
  const end = new AbortController();
  const { url, closed } = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    signal: end.signal,
    release: async () => {},
  });
  closing.push(async () => {
    end.abort();
    await closed;
  });
  return { port: new URL(url).port, writes: () => writes };
}

/** Starts nginx with one location. @returns where it listens */
async function nginx(location: string): Promise<string> {
  const port = await freePort();
  const path = join(folder, `${port}.conf`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  const server = `server { listen 127.0.0.1:${port}; ${location} }`;
  await writeFile(
    path,
    `daemon off; master_process off; pid ${folder}/${port}.pid; error_log stderr; events {} http { access_log off; ${temporary} ${server} }`,
  );
  const child: ChildProcess = spawn('nginx', ['-e', 'stderr', '-c', path], { stdio: 'ignore' });
  closing.push(async () => {
    child.kill('SIGQUIT');
    await once(child, 'exit');
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    if (
      await fetch(`${url}/health/live`).then(
        () => true,
        () => false,
      )
    )
      return url;
    await delay(50);
  }
  throw new Error('nginx does not listen');
}

const remove = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/documents/a`, { method: 'DELETE', headers });

describe.skipIf(!isThere)('behind nginx', () => {
  it.each([
    ['plain', 'location / { proxy_pass http://127.0.0.1:PORT; }'],
    [
      'HTTP/1.1 and the usual headers',
      'location / { proxy_pass http://127.0.0.1:PORT; proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr; }',
    ],
    [
      'an emptied X-Forwarded-For, and Via',
      'location / { proxy_pass http://127.0.0.1:PORT; proxy_http_version 1.1; proxy_set_header X-Forwarded-For ""; proxy_set_header Via "1.1 x"; }',
    ],
  ])('nobody writes without a key: %s', async (_name, location) => {
    const { port, writes } = await service(loopbackAccess());
    const url = await nginx(location.replace('PORT', port));
    const reply = await remove(url);
    expect([reply.status, writes()]).toEqual([403, 0]);
    expect(await reply.json()).toMatchObject({ code: 'request/forbidden' });
    expect((await remove(`http://127.0.0.1:${port}`)).status).toBe(200);
    expect(writes()).toBe(1);
  });

  it('the documented way writes with a key alone, and limits each client by itself', async () => {
    const page = await readFile(new URL('../../docs/serving.md', import.meta.url), 'utf8');
    const [, location] = /```nginx\n([\s\S]+?)```/.exec(page) ?? [];
    const keys = makeKeys({ shop: 'write' });
    const { port, writes } = await service(keyAccess(keys.ring), { trustProxy: ['127.0.0.1'], rateLimit: 2 });
    const url = await nginx(location.replace('8080', port));
    expect((await remove(url)).status).toBe(401);
    expect(writes()).toBe(0);
    const forged = { ...keys.bearer('shop'), 'x-forwarded-for': '192.0.2.1' };
    expect((await remove(url, forged)).status).toBe(200);
    expect(writes()).toBe(1);
    // the proxy puts the client's address in the place of what the client says, so another name brings no other limit
    expect((await remove(url, { ...forged, 'x-forwarded-for': '192.0.2.2' })).status).toBe(429);
  });
});
