import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bucketStorage } from '../../serving/jobs/storage/bucket-storage.js';
import type { JobStorage } from '../../serving/jobs/storage/job-storage.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { kill, type Started, startProgram } from '../cli/start-program.js';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';
import { type SmallModel, smallDocuments, trainSmallModel } from '../small-model.js';
import { bucket, hasObjectStore, type ObjectStore, startObjectStore } from './object-store.js';

const run = promisify(execFile);
/** Four shards, the last one short. */
const rows = smallDocuments(3 * 4096 + 100);
const isHere = hasRedis && hasObjectStore;
let folder: string;
let small: SmallModel;
let redis: RedisServer;
let store: ObjectStore;
const started: Started[] = [];
const at = (name: string): string => join(folder, name);
const storage = `s3://${bucket}/jobs`;

function start(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const begun = startProgram(words, environment);
  started.push(begun);
  return begun;
}
const worker = (environment?: NodeJS.ProcessEnv): Started =>
  start(['worker', '--redis', redis.url, '--silent', '2', '--workers', '1'], environment);
const embedWords = (out: string): string[] => [
  ...['embed', 'documents', '--model', small.model, '--in', at('documents.jsonl'), '--out', at(out)],
];
const handOut = (out: string): Started => start([...embedWords(out), '--redis', redis.url, '--storage', storage]);

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await delay(50);
}

/** The jobs that lie in the bucket. */
async function jobsIn(): Promise<JobStorage[]> {
  const place = bucketStorage(storage);
  const found: JobStorage[] = [];
  for (const out of await place.names())
    for (const id of await place.inside(out).names()) found.push(place.inside(out).inside(id));
  return found;
}
/** Names of all that lies there. */
const stored = async (): Promise<string[]> => (await Promise.all((await jobsIn()).map(job => job.names()))).flat();
const keptShards = async (): Promise<number[]> =>
  (await stored()).flatMap(name => /^(\d+)\.json$/.exec(name)?.slice(1).map(Number) ?? []);
const waiting = async (): Promise<number> => (await stored()).filter(name => name.endsWith('.rows.json')).length;
/** Numbers of the shards that a worker says it has made. */
const madeBy = ({ told }: Started): number[] => [...told().matchAll(/shard (\d+) of s3:/g)].map(([, n]) => Number(n));

beforeAll(async () => {
  if (!isHere) return;
  folder = await mkdtemp(join(tmpdir(), 'tandem-stored-'));
  [redis, store] = await Promise.all([startRedis(), startObjectStore()]);
  for (const [name, value] of Object.entries(store.environment)) vi.stubEnv(name, value);
  small = await trainSmallModel(at('trained'));
  const lines = rows.map((row, i) => (i % 1000 === 500 ? `{"id":"${row.id}"}` : JSON.stringify(row)));
  await writeFile(at('documents.jsonl'), lines.join('\n'));
  for (const out of ['whole.jsonl', 'whole.parquet'])
    expect(await start([...embedWords(out), '--workers', '1']).end).toMatchObject({ rows: rows.length - 12 });
});

afterEach(async () => {
  await Promise.all(started.splice(0).map(each => (each.process.exitCode === null ? kill(each) : undefined)));
});

afterAll(async () => {
  if (!isHere) return;
  vi.unstubAllEnvs();
  await Promise.all([redis.remove(), store.remove()]);
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!isHere)('shards in a store', () => {
  it.each(['.jsonl', '.parquet'])(
    'give the bytes of a folder, though a worker is killed behind its upload, the command and the store too (%s)',
    async ending => {
      const [whole, out] = [`whole${ending}`, `killed${ending}`];
      let command = handOut(out);
      await until(async () => (await waiting()) === 4);
      const [job] = await jobsIn();
      const rowsOf = (number: number): string => `0000000${number}.rows.json`;
      const texts = await Promise.all([0, 1, 2, 3].map(number => job.read(rowsOf(number))));
      const first = worker();
      await until(async () => (await keptShards()).length > 0);
      // what it uploads from now on is acknowledged nowhere
      await redis.kill();
      await until(() => first.told().includes('Redis is away'));
      const before = (await keptShards()).length;
      await Promise.race([until(async () => (await keptShards()).length > before), delay(10_000)]);
      await kill(first);
      await kill(command);
      const kept = await keptShards();
      expect(kept.length).toBeLessThan(4);
      // as they stand where it is killed between the record and what comes behind it
      for (const number of kept) await job.write(rowsOf(number), texts[number] ?? '');
      await store.kill();
      await store.start();
      await redis.start();

      const second = worker();
      const client = new Redis(redis.url);
      await until(async () => (await client.keys('tandem:shards:*-[0-9]')).length === 0);
      client.disconnect();
      // each shard was made by one of them
      expect(madeBy(second).sort()).toEqual([0, 1, 2, 3].filter(number => !kept.includes(number)));
      command = handOut(out);
      expect(await command.end).toMatchObject({ rows: rows.length - 12, deadLetters: 12, resumed: rows.length - 12 });
      for (const file of ['', '.dead.jsonl'])
        expect((await readFile(at(out + file))).equals(await readFile(at(whole + file)))).toBe(true);
      expect(await stored()).toEqual([]);
      expect((await readdir(folder)).filter(name => name.includes('.shards'))).toEqual([]);
      const { jobs } = lastJson(await runTandem(['jobs', '--redis', redis.url, '--json']));
      expect(jobs[0]).toMatchObject({ out: at(out), state: 'done', rowsDone: rows.length - 12, shardsDone: 4 });
    },
  );

  it('are made by this machine alone too, and gone on with', async () => {
    const words = [...embedWords('alone.jsonl'), '--storage', storage, '--workers', '1'];
    const command = start(words);
    await until(async () => (await keptShards()).length > 0);
    await kill(command);
    const ended = await start(words).end;
    expect(ended).toMatchObject({ rows: rows.length - 12 });
    expect(ended).not.toMatchObject({ resumed: 0 });
    expect((await readFile(at('alone.jsonl'))).equals(await readFile(at('whole.jsonl')))).toBe(true);
    expect(await stored()).toEqual([]);
  });

  it('are left to others by a worker that may not read them', async () => {
    const command = handOut('denied.jsonl');
    await until(async () => (await waiting()) === 4);
    const denied = worker({ AWS_SECRET_ACCESS_KEY: 'not-the-secret' });
    await until(() => denied.told().includes('storage/denied'));
    expect(denied.told()).not.toContain('not-the-secret');
    worker();
    expect(await command.end).toMatchObject({ rows: rows.length - 12 });
  });

  it('wait for a store that is silent, and the command says so', async () => {
    const command = handOut('silent.jsonl');
    const working = worker();
    await until(async () => (await keptShards()).length > 0);
    store.stall();
    try {
      expect(await command.end).toMatchObject({ code: 'storage/unreachable' });
    } finally {
      store.go();
    }
    expect(working.process.exitCode).toBeNull();
    expect(await handOut('silent.jsonl').end).toMatchObject({ rows: rows.length - 12 });
    expect((await readFile(at('silent.jsonl'))).equals(await readFile(at('whole.jsonl')))).toBe(true);
  });
});

describe.skipIf(!isHere)('a store that cannot be used', () => {
  it('is told of before anything is made', async () => {
    const words = [...embedWords('x.jsonl'), '--storage'];
    const refused = async (where: string) => (await runTandem([...words, where])).error;
    expect(await refused('s3://not-there/jobs')).toContain('storage/no-bucket: s3://not-there/jobs/x.jsonl');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-the-secret');
    const denied = await refused(storage);
    expect(denied).toContain('storage/denied');
    expect(denied).not.toContain('not-the-secret');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', store.environment.AWS_SECRET_ACCESS_KEY);
    expect(await refused('/mnt/jobs')).toContain('expected an address such as s3://bucket/jobs');
    const pictures = ['embed', 'images', '--encoder', 'e', '--in', 'i', '--out', at('o.jsonl'), '--storage', storage];
    expect((await runTandem(pictures)).error).toContain('usage/bad-value: --storage');
    expect((await readdir(folder)).filter(name => name.startsWith('x.'))).toEqual([]);
  });

  it('that is full says so, and the same command goes on when there is room', async () => {
    const disk = at('disk');
    await mkdir(disk);
    const missing = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).then(
      () => undefined,
      (error: Error) => `no small disk can be mounted: ${error.message.trim().split('\n').at(-1)}`,
    );
    if (missing !== undefined) return console.warn(`skipped: ${missing}`);
    const narrow = await startObjectStore(disk);
    const words = [...embedWords('full.jsonl'), '--storage', storage, '--workers', '1'];
    try {
      expect(await start(words, narrow.environment).end).toMatchObject({ code: 'storage/full' });
      expect((await readdir(folder)).filter(name => name.startsWith('full.jsonl') && !name.endsWith('.claim'))).toEqual(
        [],
      );
      await run('mount', ['-o', 'remount,size=64m', disk]);
      expect(await start(words, narrow.environment).end).toMatchObject({ rows: rows.length - 12 });
      expect((await readFile(at('full.jsonl'))).equals(await readFile(at('whole.jsonl')))).toBe(true);
    } finally {
      await narrow.remove();
      await run('umount', ['--lazy', disk]);
    }
  });
});
