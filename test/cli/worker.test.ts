import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';
import { type SmallModel, smallDocuments, trainSmallModel } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { kill, type Started, startProgram } from './start-program.js';

/** Four shards, the last one short. */
const rows = smallDocuments(3 * 4096 + 100);
let folder: string;
let small: SmallModel;
let redis: RedisServer;
const started: Started[] = [];
const at = (name: string): string => join(folder, name);

function start(...words: string[]): Started {
  const begun = startProgram(words);
  started.push(begun);
  return begun;
}

const worker = (...more: string[]): Started =>
  start('worker', '--redis', redis.url, '--silent', '2', '--workers', '1', ...more);
const embed = (out: string, ...more: string[]): Started =>
  start('embed', 'documents', '--model', small.model, '--in', at('documents.jsonl'), '--out', at(out), ...more);
const handOut = (out: string): Started => embed(out, '--redis', redis.url);

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await delay(20);
}

/** Names of the files that the shards of a job have. */
async function shardFiles(out: string): Promise<string[]> {
  const place = at(`${out}.shards`);
  const [job] = await readdir(place).catch((): string[] => []);
  return job === undefined ? [] : (await readdir(join(place, job)).catch(() => [])).map(name => join(place, job, name));
}
const keptShards = async (out: string): Promise<number[]> =>
  (await shardFiles(out)).flatMap(name => /\/(\d+)\.json$/.exec(name)?.slice(1).map(Number) ?? []).sort();
const kept = async (out: string): Promise<number> => (await keptShards(out)).length;
/** Numbers of the shards that some worker has. */
async function inWork(url: string): Promise<number[]> {
  const client = new Redis(url);
  const ids = await client.lrange('tandem:shards:active', 0, -1);
  client.disconnect();
  return ids.map(id => Number(id.slice(id.lastIndexOf('-') + 1)));
}
const handedOut = async (out: string): Promise<number> =>
  (await shardFiles(out)).filter(name => name.endsWith('.rows.json')).length;

beforeAll(async () => {
  if (!hasRedis) return;
  folder = await mkdtemp(join(tmpdir(), 'tandem-worker-'));
  redis = await startRedis();
  small = await trainSmallModel(at('trained'));
  const lines = rows.map((row, i) => (i % 1000 === 500 ? `{"id":"${row.id}"}` : JSON.stringify(row)));
  await writeFile(at('documents.jsonl'), lines.join('\n'));
  for (const out of ['whole.jsonl', 'whole.parquet'])
    expect(await embed(out, '--workers', '1').end).toMatchObject({ rows: rows.length - 12 });
}, 240_000);

afterEach(async () => {
  await Promise.all(started.splice(0).map(each => (each.process.exitCode === null ? kill(each) : undefined)));
});

afterAll(async () => {
  if (!hasRedis) return;
  await redis.remove();
  await rm(folder, { recursive: true });
});

describe.skipIf(!hasRedis)('tandem worker', { timeout: 240_000 }, () => {
  it.each(['.jsonl', '.parquet'])(
    'makes the bytes of one process, though workers, the command and Redis are killed (%s)',
    async ending => {
      const [whole, out] = [`whole${ending}`, `killed${ending}`];
      let command = handOut(out);
      await until(async () => (await handedOut(out)) > 0);
      // a worker in the middle of a shard
      const first = worker();
      await until(async () => first.told().includes('embedding') || (await kept(out)) > 0);
      await kill(first);
      // Redis in the middle of the job, and the command while it is away
      worker();
      await until(async () => (await kept(out)) > 0);
      await redis.kill();
      await kill(command);
      await redis.start();
      const second = worker();
      command = handOut(out);
      await until(async () => (await kept(out)) > 1);
      await kill(second);

      expect(await command.end).toMatchObject({ rows: rows.length - 12, deadLetters: 12 });
      for (const file of ['', '.dead.jsonl'])
        expect((await readFile(at(out + file))).equals(await readFile(at(whole + file)))).toBe(true);
      expect((await readdir(folder)).filter(name => name.includes('.shards'))).toEqual([]);
    },
  );

  it('gets again what Redis has lost', async () => {
    const forgetful = await startRedis('--appendonly', 'no');
    try {
      const command = embed('lost.jsonl', '--redis', forgetful.url);
      await until(async () => (await handedOut('lost.jsonl')) === 4);
      await forgetful.kill();
      await forgetful.start();
      const working = start('worker', '--redis', forgetful.url, '--workers', '1');
      expect(await command.end).toMatchObject({ rows: rows.length - 12 });
      const { jobs } = lastJson(await runTandem(['jobs', '--redis', forgetful.url, '--json']));
      expect(jobs).toMatchObject([{ state: 'done', rows: rows.length - 12, rowsDone: rows.length - 12, shards: 4 }]);
      await kill(working);
    } finally {
      await forgetful.remove();
    }
  });

  it('keeps the shard in work when it is asked to end while Redis is away', async () => {
    const brief = await startRedis();
    try {
      const command = embed('brief.jsonl', '--redis', brief.url);
      await until(async () => (await handedOut('brief.jsonl')) === 4);
      const working = start('worker', '--redis', brief.url, '--workers', '1');
      await until(async () => (await kept('brief.jsonl')) > 0);
      // what it has at this moment, whichever shard that is
      working.process.kill('SIGSTOP');
      const wanted = new Set([...(await keptShards('brief.jsonl')), ...(await inWork(brief.url))]);
      await brief.kill();
      working.process.kill('SIGCONT');
      await until(() => working.told().includes('Redis is away'));
      working.process.kill('SIGTERM');
      await working.end;
      expect(working.process.exitCode).toBe(0);
      expect(await keptShards('brief.jsonl')).toEqual([...wanted].sort());
      await kill(command);
    } finally {
      await brief.remove();
    }
  });

  it('is told of by every machine that reaches Redis', async () => {
    const jobs = async () => {
      const told = lastJson(await runTandem(['jobs', '--redis', redis.url, '--json']));
      return { ...told, job: told.jobs.find(({ out }: { out: string }) => out === at('told.jsonl')) };
    };
    const command = handOut('told.jsonl');
    await until(async () => (await jobs()).job?.shards === 4);
    expect(await jobs()).toMatchObject({
      workers: [],
      job: { state: 'running', kind: 'documents', rows: rows.length - 12, rowsDone: 0, shardsDone: 0, setAside: [] },
    });
    await until(() => command.told().includes('no worker is there'));
    const working = worker();
    await until(async () => (await jobs()).job.shardsDone > 0);
    const { workers, job } = await jobs();
    expect(workers).toHaveLength(1);
    if (job.state === 'running') expect(job.secondsLeft).toBeGreaterThan(0);
    await command.end;
    expect((await jobs()).job).toMatchObject({ state: 'done', rowsDone: rows.length - 12, shardsDone: 4 });
    const { out } = await runTandem(['jobs', '--redis', redis.url]);
    expect(out).toMatch(/done +12376 +12376 /);
    // what is in work when it is asked to end is kept
    working.process.kill('SIGTERM');
    expect(await working.end).toMatchObject({ worker: workers[0] });
    expect(working.process.exitCode).toBe(0);
    // the same once more is another run
    const again = embed('told.jsonl', '--redis', redis.url, '--force');
    await until(async () => (await handedOut('told.jsonl')) === 4);
    await until(async () => (await jobs()).job.state === 'running');
    expect((await jobs()).job).toMatchObject({ rowsDone: 0, shardsDone: 0 });
    await kill(again);
    await rm(at('told.jsonl.shards'), { recursive: true });
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  });

  it('comes to its end without Redis where the last shards are in work when it goes', async () => {
    const brief = await startRedis();
    try {
      const command = embed('without.jsonl', '--redis', brief.url);
      await until(async () => (await handedOut('without.jsonl')) === 4);
      // two shards at once, then the other two
      const working = start('worker', '--redis', brief.url, '--workers', '2');
      await until(async () => (await kept('without.jsonl')) >= 2);
      await delay(100);
      await brief.kill();
      expect(await command.end).toMatchObject({ rows: rows.length - 12, workers: 0 });
      await kill(working);
    } finally {
      await brief.remove();
    }
  });

  it('sets a shard aside that fails again and again, does the others, and tries it again with the same command', async () => {
    const out = 'aside.jsonl';
    const command = handOut(out);
    await until(async () => (await handedOut(out)) === 4);
    const [, second] = (await shardFiles(out)).filter(name => name.endsWith('.rows.json')).sort();
    await writeFile(second, (await readFile(second, 'utf8')).replace('hammer', 'hummer'));
    worker();
    const failed = await command.end;
    expect(failed).toMatchObject({ code: 'job/shards-failed', details: { shards: [{ number: 1 }] } });
    expect(failed).toHaveProperty('message', expect.stringMatching(/^1 of 4 shards failed 5 times: shard 1: its rows/));
    expect(await kept(out)).toBe(3);
    const told = lastJson(await runTandem(['jobs', '--redis', redis.url, '--json'])).jobs[0];
    expect(told).toMatchObject({
      shardsDone: 3,
      setAside: [{ number: 1, reason: expect.stringContaining('altered') }],
    });
    expect(await handOut(out).end).toMatchObject({ rows: rows.length - 12, resumed: told.rowsDone });
    expect((await readFile(at(out))).equals(await readFile(at('whole.jsonl')))).toBe(true);
  });

  it('leaves shards to others whose model or folder it does not see', async () => {
    const out = 'seen.jsonl';
    const copy = at('copy');
    const elsewhere = at('elsewhere');
    await cp(small.model, copy, { recursive: true });
    const command = start(
      ...['embed', 'documents', '--model', copy, '--in', at('documents.jsonl')],
      ...['--out', at(out), '--redis', redis.url],
    );
    await until(async () => (await handedOut(out)) === 4);
    await rename(copy, elsewhere);
    const blind = worker();
    await until(() => blind.told().includes(`is neither at ${copy} nor at --model`));
    expect(await kept(out)).toBe(0);
    worker('--model', elsewhere);
    expect(await command.end).toMatchObject({ rows: rows.length - 12 });
  });

  it('lets go of shards that were given up', async () => {
    const command = handOut('given-up.jsonl');
    const client = new Redis(redis.url);
    const shards = () => client.keys('tandem:shards:*-[0-9]');
    // their rows are written down before they are handed out
    await until(async () => (await shards()).length === 4);
    await kill(command);
    await rm(at('given-up.jsonl.shards'), { recursive: true });
    const working = worker();
    // somebody may still come back to it
    await until(() => working.told().includes('given-up.jsonl.shards'));
    expect(await shards()).toHaveLength(4);
    await client.del(await client.keys('tandem:job:*:awaited'));
    await until(async () => (await shards()).length === 0);
    client.disconnect();
  });
});

describe.skipIf(!hasRedis)('a Redis that cannot be used', () => {
  const commands = (url: string) => [
    ['worker', '--redis', url],
    ['jobs', '--redis', url],
    [
      'embed',
      'documents',
      '--model',
      small.model,
      '--in',
      at('documents.jsonl'),
      '--out',
      at('x.jsonl'),
      '--redis',
      url,
    ],
  ];

  it('is told of with what to do, and nothing is begun', async () => {
    for (const words of commands('redis://user:secret@127.0.0.1:1')) {
      const { exit, error } = await runTandem(words);
      expect([words[0], exit]).toEqual([words[0], 1]);
      expect(error).toContain('redis/unreachable: redis://127.0.0.1:1: connect ECONNREFUSED');
      expect(error).not.toContain('secret');
    }
    expect((await readdir(folder)).filter(name => name.startsWith('x.'))).toEqual([]);
  });

  it('that wants another password too', async () => {
    const locked = await startRedis('--requirepass', 'right');
    try {
      for (const url of [locked.url, locked.url.replace('//', '//:wrong@')])
        for (const words of commands(url)) {
          const { exit, error } = await runTandem(words);
          expect([exit, error]).toEqual([1, expect.stringMatching(/redis\/refused: .*(NOAUTH|WRONGPASS)/)]);
        }
      const right = await runTandem(['jobs', '--redis', locked.url.replace('//', '//:right@')]);
      expect(right).toMatchObject({ exit: 0, out: 'no jobs are known\nno worker is connected\n' });
    } finally {
      await locked.remove();
    }
  });

  it('has an address', async () => {
    for (const url of ['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis'])
      expect(await runTandem(['jobs', '--redis', url])).toMatchObject({
        exit: 2,
        error: expect.stringContaining('expected an address such as redis://127.0.0.1:6379'),
      });
    const pictures = ['embed', 'images', '--encoder', 'e', '--in', 'i', '--out', at('o.jsonl'), '--redis', redis.url];
    expect((await runTandem(pictures)).error).toContain('usage/bad-value: --redis');
  });
});
