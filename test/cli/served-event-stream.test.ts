import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';
import { jsonLines } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { type Service, startService } from './serve-process.js';

let folder: string;
let redis: RedisServer;
let service: Service | undefined;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-event-stream-'));
  await writeFile(at('documents.jsonl'), jsonLines(['a', 'b', 'c'].map(id => ({ id, title: `garden hose ${id}` }))));
  expect((await runTandem(['index', '--documents', at('documents.jsonl'), '--out', at('index')])).exit).toBe(0);
});
afterEach(async () => {
  await service?.end('SIGKILL');
  service = undefined;
  await redis?.remove();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(...more: string[]): Promise<Service> {
  service = await startService(['--index', at('index'), '--redis', redis.url, '--events-stream', 'events', ...more]);
  return service;
}
const exportTo = (out: string) =>
  runTandem(['export-events', '--redis', redis.url, '--stream', 'events', '--events', at(out), '--json']);

/** Sends until it is taken: a service starts without its Redis. */
async function sendUntilTaken({ send }: Service, events: readonly object[]): Promise<void> {
  while ((await send('POST', '/events', { events })).status !== 200) await delay(20);
}

async function rowsIn(out: string): Promise<{ readonly session: string; readonly type: string }[]> {
  const names = (await readdir(at(out))).filter(name => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map(name => readFile(join(at(out), name), 'utf8')));
  return texts.flatMap(text => text.split('\n').filter(line => line !== '')).map(line => JSON.parse(line));
}

const search = (session: string) => ({ type: 'search', session, query: 'hose' });
const click = (session: string, documentId = 'a') => ({ type: 'click', session, query: 'hose', documentId, rank: 1 });

describe.skipIf(!hasRedis)('events in a stream', { timeout: 240_000 }, () => {
  it.each([1, 2])(
    'are all exported that were acknowledged, Redis killed among them, with %i processes that answer',
    async workers => {
      redis = await startRedis();
      const { send } = await serve('--workers', String(workers));
      const out = `killed-${workers}`;
      const acknowledged: string[] = [];
      const refused = new Set<string>();
      let [sent, ending] = [0, false];
      const sendOn = async (): Promise<void> => {
        while (!ending) {
          const session = `s${sent++}`;
          const { status, body } = await send('POST', '/events', { events: [search(session), click(session)] });
          if (status === 200) acknowledged.push(session);
          else refused.add((body as { code: string }).code);
        }
      };
      const until = async (count: number): Promise<void> => {
        while (acknowledged.length < count) await delay(10);
      };
      const sending = Promise.all(Array.from({ length: 8 }, sendOn));
      await until(100);
      expect((await exportTo(out)).exit).toBe(0);
      await redis.kill();
      expect((await send('POST', '/search', { text: 'hose' })).status).toBe(200);
      expect((await send('POST', '/events', { events: [click('lost')] })).body).toMatchObject({
        code: 'redis/unreachable',
      });
      await redis.start();
      await until(acknowledged.length + 100);
      ending = true;
      await sending;

      const last = lastJson(await exportTo(out));
      expect(lastJson(await exportTo(out))).toMatchObject({ events: 0, files: [], last: last.last });
      const rows = await rowsIn(out);
      const counts = new Map<string, number>();
      for (const { session } of rows) counts.set(session, (counts.get(session) ?? 0) + 1);
      expect(acknowledged.filter(session => counts.get(session) !== 2)).toEqual([]);
      // of what was not acknowledged all is there, or nothing
      expect([...new Set(counts.values())]).toEqual([2]);
      expect([...refused]).toEqual(['redis/unreachable']);
      expect(await service?.end()).toBe(0);
      service = undefined;
    },
  );

  it('are read by tandem prepare as they are exported', async () => {
    redis = await startRedis();
    const running = await serve();
    await sendUntilTaken(running, [search('s1'), click('s1', 'a'), search('s2'), click('s2', 'b')]);
    expect((await exportTo('prepared')).exit).toBe(0);
    await sendUntilTaken(running, [search('s3'), click('s3', 'b')]);
    expect(lastJson(await exportTo('prepared'))).toMatchObject({ events: 2 });
    const words = ['--documents', at('documents.jsonl'), '--events', at('prepared'), '--chain', 'search,click'];
    const prepared = await runTandem(['prepare', ...words, '--split', '1,0,0', '--out', at('data'), '--json']);
    expect(prepared.exit).toBe(0);
    // a by one session, b by two
    expect(lastJson(prepared)).toMatchObject({ events: { positives: 3, pairs: 2 } });
  });

  it('that were cut off before they were exported are told of', async () => {
    redis = await startRedis('--stream-node-max-entries', '10');
    const running = await serve('--events-length', '20');
    await sendUntilTaken(running, [click('first')]);
    const { last, warnings } = lastJson(await exportTo('cut'));
    expect(warnings ?? []).toEqual([]);
    const many = Array.from({ length: 100 }, (_, n) => click(`s${n}`));
    await sendUntilTaken(running, many);
    const { warnings: told } = lastJson(await exportTo('cut'));
    expect(told).toEqual([`events after ${last} may be missing: the stream was cut there before they were exported`]);
    expect((await rowsIn('cut')).length).toBeLessThan(1 + many.length);
    expect(lastJson(await exportTo('cut')).warnings ?? []).toEqual([]);
  });

  it('are warned of once where Redis would forget them', async () => {
    redis = await startRedis('--appendonly', 'no');
    const running = await serve();
    await sendUntilTaken(running, [click('s')]);
    const told = (): number => running.log.filter(({ msg }) => msg?.startsWith('Redis runs without appendonly')).length;
    while (told() === 0) await delay(20);
    expect(told()).toBe(1);
  });

  it('go on after what a killed export left', async () => {
    redis = await startRedis();
    await sendUntilTaken(await serve(), [click('s')]);
    const { files } = lastJson(await exportTo('left'));
    await writeFile(`${files[0]}.1.aa.tmp`, '{"half');
    expect(lastJson(await exportTo('left'))).toMatchObject({ events: 0 });
    expect(await readdir(at('left'))).toEqual([files[0].slice(at('left').length + 1)]);
  });

  it('are not exported from what is no such stream, and nothing is written', async () => {
    redis = await startRedis();
    expect(lastJson(await exportTo('none')).code).toBe('data/not-found');
    const direct = new Redis(redis.url);
    await direct.xadd('events', '2-0', 'event', '{}');
    await writeFile(at('none/stream-3-0.jsonl'), '{}\n');
    expect(lastJson(await exportTo('none')).code).toBe('data/bad-stream');
    await direct.xadd('events', '4-0', 'other', '{}');
    expect(lastJson(await exportTo('none')).code).toBe('data/bad-stream');
    await direct.set('text', 'x');
    const text = ['export-events', '--redis', redis.url, '--stream', 'text', '--events', at('none'), '--json'];
    expect(lastJson(await runTandem(text)).code).toBe('redis/refused');
    direct.disconnect();
    expect(await readdir(at('none'))).toEqual(['stream-3-0.jsonl']);
    await redis.kill();
    expect(lastJson(await exportTo('none')).code).toBe('redis/unreachable');
  });
});

describe('a stream of events without what it needs', () => {
  const stream = ['--events-stream', 'e'];
  const away = ['--redis', 'redis://127.0.0.1:1'];
  it.each([
    ['--index', stream, 'usage/missing-option'],
    ['--index', ['--events-length', '10'], 'usage/missing-option'],
    ['--index', [...stream, ...away, '--events', 'x'], 'usage/bad-value'],
    ['--root', stream, 'usage/bad-value'],
    ['--root', ['--events-length', '10'], 'usage/bad-value'],
  ])('%s with %j is refused with %s', async (of, words, code) => {
    const served = of === '--index' ? at('index') : folder;
    const ended = await runTandem(['serve', of, served, '--port', '0', '--json', ...words]);
    expect(lastJson(ended).code).toBe(code);
  });
});
