import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';
import { jsonLines, smallDocuments } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { type Service, startService } from './serve-process.js';

let folder: string;
let redis: RedisServer;
const services: Service[] = [];
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  if (!hasRedis) return;
  folder = await mkdtemp(join(tmpdir(), 'tandem-together-'));
  await writeFile(at('documents.jsonl'), jsonLines(smallDocuments(200)));
  await runTandem(['index', '--documents', at('documents.jsonl'), '--out', at('index')]);
});
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.end('SIGKILL')));
  await redis?.remove();
});
afterAll(async () => {
  if (hasRedis) await rm(folder, { recursive: true, force: true });
});

async function serve(...more: string[]): Promise<Service> {
  const service = await startService(['--index', at('index'), '--redis', redis.url, ...more]);
  services.push(service);
  return service;
}

/** Statuses of searches, one after the other, at these services in turn. */
async function search(asked: readonly Service[], times: number, key?: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) {
    const answer = await fetch(new URL('search', asked[i % asked.length].url), {
      method: 'POST',
      body: '{"text":"red hammer"}',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    });
    statuses.push(answer.status);
  }
  return statuses;
}

const count = (statuses: readonly number[], status: number): number => statuses.filter(each => each === status).length;

async function redisIs(service: Service, state: 'there' | 'away'): Promise<void> {
  for (;;) {
    const { status, body } = await service.send('GET', '/health/ready');
    expect(status).toBe(200);
    if ((body as { redis: string }).redis === state) return;
    await delay(20);
  }
}

describe.skipIf(!hasRedis)('servers with one Redis', { timeout: 240_000 }, () => {
  it('count the requests of an address together, and each alone while it is away', async () => {
    redis = await startRedis();
    const both = [await serve('--rate-limit', '10'), await serve('--rate-limit', '10', '--workers', '2')];
    for (const service of both) await redisIs(service, 'there');
    expect(count(await search(both, 14), 200)).toBe(10);

    await redis.kill();
    for (const service of both) await redisIs(service, 'away');
    for (const service of both) {
      const statuses = await search([service], 14);
      expect([count(statuses, 200), count(statuses, 429)]).toEqual([10, 4]);
      expect(service.log.filter(({ msg }) => msg?.startsWith('Redis is away'))).toHaveLength(1);
    }
    await redis.start();
    for (const service of both) await redisIs(service, 'there');
    for (const service of both) expect(service.log.some(({ msg }) => msg === 'Redis is back')).toBe(true);
    expect(both.flatMap(({ log }) => log.filter(({ level }) => level >= 50))).toEqual([]);
  });

  it('count those of a key together', async () => {
    redis = await startRedis();
    const words = [
      'key',
      'create',
      '--keys',
      at('keys.json'),
      '--name',
      'shop',
      '--scope',
      'search',
      '--rate-limit',
      '6',
    ];
    const { key } = lastJson(await runTandem([...words, '--json']));
    const both = [await serve('--keys', at('keys.json')), await serve('--keys', at('keys.json'))];
    for (const service of both) await redisIs(service, 'there');
    const statuses = await search(both, 9, key);
    expect([count(statuses, 200), count(statuses, 429)]).toEqual([6, 3]);
  });

  it('start and answer while it is not there', async () => {
    redis = await startRedis();
    await redis.kill();
    const service = await serve();
    await redisIs(service, 'away');
    expect(await search([service], 2)).toEqual([200, 200]);
    const page = await service.send('POST', '/search', { text: 'red hammer', k: 3, pages: true });
    const { cursor } = page.body as { cursor: string };
    expect((await service.send('POST', '/search/next', { cursor, k: 3 })).status).toBe(200);
    expect(await service.end()).toBe(0);
  });

  it('take each other’s cursors, with several processes too', async () => {
    redis = await startRedis();
    const servers = [await serve(), await serve(), await serve('--workers', '3'), await serve('--workers', '1')];
    for (const service of servers) await redisIs(service, 'there');
    const ask = async (service: Service, body: object) => {
      const answer = await service.send('POST', 'cursor' in body ? '/search/next' : '/search', body);
      expect(answer).toMatchObject({ status: 200 });
      return answer.body as { hits: { id: string }[]; cursor?: string };
    };
    const text = 'red hammer';
    const ids = ({ hits }: { hits: { id: string }[] }): string[] => hits.map(({ id }) => id);
    const whole = ids(await ask(servers[0], { text, k: 12 }));
    for (const first of servers) {
      const others = servers.filter(service => service !== first);
      let page = await ask(first, { text, k: 4, pages: true });
      const seen = ids(page);
      for (let i = 1; i < 3; i++) {
        page = await ask(others[i], { cursor: page.cursor, k: 4 });
        seen.push(...ids(page));
      }
      expect(seen).toEqual(whole);
    }
    const unknown = await servers[1].send('POST', '/search/next', { cursor: `${'A'.repeat(22)}.0`, k: 4 });
    expect(unknown).toMatchObject({ status: 410, body: { code: 'search/cursor-expired' } });
  });
});
