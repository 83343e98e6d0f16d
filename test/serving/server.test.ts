import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import { listen } from '../../serving/server.js';
import type { SearchResponse } from '../../src/search/backend.js';
import { calm, memoryBackend, memoryParts } from './memory-backend.js';

const noRelease = async (): Promise<void> => {};
const local = { host: '127.0.0.1', port: 0 };

const search = (url: string): Promise<Response> =>
  fetch(`${url}search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'hose' }),
  });

/** Sends raw bytes and collects the answer until the server closes. */
function rawExchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', chunk => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('listen', () => {
  it('answers over the network until the signal, then closes and releases', async () => {
    const end = new AbortController();
    let released = 0;
    const release = async (): Promise<void> => void released++;
    const { url, closed } = await listen(await createApp(memoryParts(), { admission: calm }), {
      ...local,
      signal: end.signal,
      release,
    });
    expect((await search(url)).status).toBe(200);
    expect(released).toBe(0);
    end.abort();
    await closed;
    expect(released).toBe(1);
    await expect(search(url)).rejects.toThrow();
  });

  it('answers what is in flight before it closes', async () => {
    const end = new AbortController();
    let answer = (_response: SearchResponse): void => {};
    let arrived = (): void => {};
    const inFlight = new Promise<void>(resolve => {
      arrived = resolve;
    });
    const backend = {
      ...memoryBackend(),
      search: () => {
        arrived();
        return new Promise<SearchResponse>(resolve => {
          answer = resolve;
        });
      },
    };
    const app = await createApp(memoryParts({ backend }), { admission: calm });
    const { url, closed } = await listen(app, { ...local, signal: end.signal, release: noRelease });
    const reply = search(url);
    await inFlight;
    end.abort();
    await delay(20);
    answer({ hits: [], mode: 'token', took: { total: 1 } });
    expect(await (await reply).json()).toEqual({ hits: [], mode: 'token', took: { total: 1 } });
    await closed;
  });

  it('says that a port is taken, and releases', async () => {
    const end = new AbortController();
    const first = await listen(await createApp(memoryParts(), { admission: calm }), {
      ...local,
      signal: end.signal,
      release: noRelease,
    });
    let released = 0;
    const second = listen(await createApp(memoryParts(), { admission: calm }), {
      ...local,
      port: Number(new URL(first.url).port),
      signal: end.signal,
      release: async () => void released++,
    });
    await expect(second).rejects.toMatchObject({ code: 'server/port-taken' });
    expect(released).toBe(1);
    end.abort();
    await first.closed;
  });

  it('says that a host is none of this machine', async () => {
    const { signal } = new AbortController();
    const options = { host: '192.0.2.1', port: 0, signal, release: noRelease };
    await expect(listen(await createApp(memoryParts(), { admission: calm }), options)).rejects.toMatchObject({
      code: 'usage/bad-value',
    });
  });

  it('answers bytes that are no HTTP, and headers without end, in the one error shape', async () => {
    const end = new AbortController();
    const app = await createApp(memoryParts(), { admission: calm });
    const { url, closed } = await listen(app, { ...local, signal: end.signal, release: noRelease });
    const broken = await rawExchange(url, 'GIMME /search\r\n\r\n');
    expect(broken).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(broken.split('\r\n\r\n')[1])).toMatchObject({ code: 'request/invalid', details: {} });
    const endless = await rawExchange(url, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`);
    expect(endless).toMatch(/^HTTP\/1\.1 431 /);
    end.abort();
    await closed;
  });
});
