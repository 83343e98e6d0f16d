import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CreateServerOptions, Server } from '../../src/api/options.js';
import { serveUntilClosed } from '../../src/api/server/create-server.js';
import { buildIndex } from '../../src/search/build-index.js';
import { indexing } from '../search/fixture.js';
import { keyFile, makeKeys } from '../serving/keys.js';

let folder: string;
let index: string;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-probes-'));
  index = join(folder, 'index');
  await buildIndex({ documents: [{ id: 'a', title: 'garden hose' }], indexing: indexing(), out: index });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rm(folder, { recursive: true }));

async function serve(options: Partial<CreateServerOptions>): Promise<Server> {
  const server = await serveUntilClosed({ index, port: 0, ...options });
  closing.push(() => server.close());
  return server;
}
const statusOf = async (base: string | undefined, path: string): Promise<number> =>
  (await fetch(new URL(path, base))).status;

describe('a port for probes', () => {
  it('answers them and /metrics without a key, and nothing else; the other port has no /metrics', async () => {
    const keys = join(folder, 'keys.json');
    await writeFile(keys, keyFile(makeKeys({ all: 'admin' })));
    const { url, metricsUrl } = await serve({ keys, metricsPort: 0 });
    for (const path of ['health/live', 'health/ready', 'metrics'])
      expect([path, await statusOf(metricsUrl, path)]).toEqual([path, 200]);
    for (const path of ['', 'search', 'documents/a', 'docs', 'page/settings'])
      expect([path, await statusOf(metricsUrl, path)]).toEqual([path, 404]);
    expect(await (await fetch(new URL('health/ready', metricsUrl))).json()).toMatchObject({ documents: 1 });
    const body = await (await fetch(new URL('metrics', metricsUrl))).text();
    expect(body).toContain('tandem_documents 1\n');
    expect(await statusOf(url, 'health/live')).toBe(200);
    const { metricsUrl: none, url: open } = await serve({});
    expect([none, await statusOf(open, 'metrics')]).toEqual([undefined, 200]);
    const { url: parted } = await serve({ metricsPort: 0 });
    expect(await statusOf(parted, 'metrics')).toBe(404);
  });

  it('closes with the service, and where this does not start', async () => {
    const server = await serveUntilClosed({ index, port: 0, metricsPort: 0 });
    await server.close();
    await expect(fetch(new URL('health/live', server.metricsUrl))).rejects.toThrow();
    const taken = createServer().listen({ host: '127.0.0.1', port: 0 });
    await once(taken, 'listening');
    closing.push(async () => taken.close());
    const { port } = taken.address() as { port: number };
    await expect(serve({ metricsPort: port })).rejects.toMatchObject({ code: 'server/port-taken' });
    const free = await serve({ metricsPort: 0 });
    const probes = Number(new URL(free.metricsUrl ?? '').port);
    await free.close();
    closing.pop();
    await expect(serve({ index: join(folder, 'nowhere'), metricsPort: probes })).rejects.toMatchObject({
      code: 'index/not-found',
    });
    expect((await serve({ metricsPort: probes })).metricsUrl).toBe(`http://127.0.0.1:${probes}/`);
  });

  it.each([
    ['allowOrigin', { allowOrigin: ['https://shop.example.org/'] }, 'usage/bad-value'],
    ['allowOrigin', { allowOrigin: ['shop.example.org'] }, 'usage/bad-value'],
    ['keys', { allowOrigin: ['*'] }, 'usage/missing-option'],
    ['metricsPort', { metricsPort: 65_536 }, 'usage/bad-value'],
  ])('is refused with a wrong %s', async (named, options, code) => {
    await expect(serve(options)).rejects.toMatchObject({ code, message: expect.stringContaining(named) });
  });
});
