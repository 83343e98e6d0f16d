import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEventStream } from '../../../serving/events/event-stream.js';
import { followRedis } from '../../../serving/redis/connect.js';
import { hasRedis, type RedisServer, startRedis } from '../../redis-server.js';

let server: RedisServer;
let direct: Redis;

beforeAll(async () => {
  if (!hasRedis) return;
  // a node holds 10 entries, by which a stream is cut
  server = await startRedis('--stream-node-max-entries', '10');
  direct = new Redis(server.url);
});
afterAll(async () => {
  direct?.disconnect();
  await server?.remove();
});

const row = (n: number) => ({ session: `s${n}`, type: 'click', documentId: 'a' });
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    error => error.code,
  );

async function streamOf(key: string, { length = 1_000, waitingBytes = 2 ** 20, answerMs = 5_000 } = {}) {
  const redis = followRedis(server.url, { answerMs });
  await vi.waitFor(() => expect(redis.isThere()).toBe(true), 10_000);
  return openEventStream(redis, { key, length, waitingBytes });
}

describe.skipIf(!hasRedis)('a stream of events', { timeout: 60_000 }, () => {
  it('has each row as an entry, in their order, once it is acknowledged', async () => {
    const log = await streamOf('rows');
    await Promise.all([log.append([row(1), row(2)]), log.append([row(3)])]);
    const entries = await direct.xrange('rows', '-', '+');
    expect(entries.map(([, fields]) => fields)).toEqual([1, 2, 3].map(n => ['event', JSON.stringify(row(n))]));
    await log.close();
  });

  it('is cut to about its length, the oldest first', async () => {
    const log = await streamOf('cut', { length: 20 });
    for (let n = 0; n < 100; n++) await log.append([row(n)]);
    const entries = await direct.xrange('cut', '-', '+');
    // less than a node of 10 above it
    expect(entries.length).toBeGreaterThanOrEqual(20);
    expect(entries.length).toBeLessThan(30);
    expect(entries.at(-1)?.[1]).toEqual(['event', JSON.stringify(row(99))]);
    await log.close();
  });

  it('takes none of the rows that Redis refuses', async () => {
    await direct.set('text', 'no stream');
    const log = await streamOf('text');
    await expect(log.append([row(1), row(2)])).rejects.toMatchObject({
      code: 'redis/refused',
      message: expect.stringContaining('WRONGTYPE'),
    });
    expect(await direct.get('text')).toBe('no stream');
    await log.close();

    const full = await startRedis('--maxmemory', '1kb');
    const redis = followRedis(full.url, { answerMs: 5_000 });
    await vi.waitFor(() => expect(redis.isThere()).toBe(true), 10_000);
    const refused = openEventStream(redis, { key: 'full', length: 1_000 });
    expect(await codeOf(refused.append([row(1), row(2)]))).toBe('redis/refused');
    expect(await redis.ask(client => client.exists('full'))).toBe(0);
    await refused.close();
    await full.remove();
  });

  it('takes none of the rows over which the connection breaks', async () => {
    // Redis ends a connection at a text longer than this, when it has read what stands before it
    const strict = await startRedis('--proto-max-bulk-len', '1mb');
    const redis = followRedis(strict.url, { answerMs: 5_000 });
    await vi.waitFor(() => expect(redis.isThere()).toBe(true), 10_000);
    const log = openEventStream(redis, { key: 'broken', length: 1_000 });
    const long = { ...row(2), session: 's'.repeat(2 ** 20) };
    expect(await codeOf(log.append([row(1), long]))).toMatch(/^redis\//);
    await vi.waitFor(() => expect(redis.isThere()).toBe(true), 10_000);
    expect(await redis.ask(client => client.exists('broken'))).toBe(0);
    await log.append([row(1)]);
    expect(await redis.ask(client => client.xlen('broken'))).toBe(1);
    await log.close();
    await strict.remove();
  });

  it('holds no more than its bytes for a Redis that does not answer, gives up on it, and goes on when it answers', async () => {
    const bytes = Buffer.byteLength(JSON.stringify(row(1)));
    const log = await streamOf('paused', { waitingBytes: 2 * bytes, answerMs: 300 });
    await direct.client('PAUSE', 2_000, 'ALL');
    const waiting = [log.append([row(1)]), log.append([row(2)])].map(codeOf);
    expect(await codeOf(log.append([row(3)]))).toBe('server/overloaded');
    expect(await Promise.all(waiting)).toEqual(['redis/unreachable', 'redis/unreachable']);
    // nothing piles up behind a connection that is silent
    expect(await codeOf(log.append([row(4)]))).toBe('redis/unreachable');
    await vi.waitFor(async () => expect(await codeOf(log.append([row(5)]))).toBe('resolved'), 20_000);
    const rows = (await direct.xrange('paused', '-', '+')).map(([, fields]) => fields[1]);
    expect(rows).toContain(JSON.stringify(row(5)));
    for (const refused of [row(3), row(4)]) expect(rows).not.toContain(JSON.stringify(refused));
    await log.close();
  });
});
