import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../serving/jobs/job.js';
import { hasRedis, startRedis } from '../redis-server.js';
import { smallDocuments, trainSmallModel } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { fromSources, type Service, startService } from './serve-process.js';

const rows = smallDocuments(4 * 4096);
const sent = rows.map((row, i) => (i === 5000 ? `{"id":"${row.id}"}` : JSON.stringify(row))).join('\n');
let folder: string;
const services: Service[] = [];
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-jobs-'));
  await trainSmallModel(at('small'));
  const documents = ['--documents', at('small/documents.jsonl')];
  await runTandem(['index', '--model', at('small/model'), ...documents, '--out', at('index')]);
  await runTandem(['index', ...documents, '--out', at('words')]);
  await writeFile(at('rows.jsonl'), sent);
  const words = ['--model', at('small/model'), '--in', at('rows.jsonl'), '--workers', '1'];
  for (const out of ['expected.jsonl', 'expected.parquet'])
    expect((await runTandem(['embed', 'documents', ...words, '--out', at(out)])).exit).toBe(0);
}, 240_000);
afterEach(async () => {
  for (const service of services.splice(0)) {
    const ended = service.process.exitCode !== null || service.process.signalCode !== null;
    if (!ended) await service.end('SIGKILL');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(jobs: string, ...more: string[]): Promise<Service> {
  const service = await startService(['--index', at('index'), '--jobs', at(jobs), ...more]);
  services.push(service);
  return service;
}

async function post({ url }: Service, body: string, query = ''): Promise<Job> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const reply = await fetch(new URL(`jobs${query}`, url), { method: 'POST', body, headers });
  expect(reply.status).toBe(202);
  const { job }: { job: Job } = JSON.parse(await reply.text());
  return job;
}

const jobOf = async (service: Service, id: string): Promise<Job> =>
  ((await service.send('GET', `/jobs/${id}`)).body as { job: Job }).job;

async function ended(service: Service, id: string): Promise<Job> {
  for (;;) {
    const job = await jobOf(service, id);
    if (job.ended !== undefined) return job;
    await delay(50);
  }
}

/** Shards that a job has kept. */
const records = async (jobs: string, { id, format }: Job): Promise<number> => {
  const place = join(at(jobs), id, `embeddings.${format}.shards`);
  const names = await readdir(place, { recursive: true }).catch((): string[] => []);
  return names.filter(name => /\/\d+\.json$/.test(name)).length;
};

/** How polite the processes are that work on a job, by what Linux says of them. */
async function prioritiesOf(id: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(id)) found.push(getPriority(Number(pid)));
  }
  return found;
}

const fetched = async ({ url }: Service, path: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(new URL(path, url))).arrayBuffer());

describe('tandem serve --jobs', { timeout: 240_000 }, () => {
  it.each([
    ['jsonl', []],
    ['parquet', ['--workers', '2']],
  ])('embeds as tandem embed does, though it is killed in the middle (%s, %j)', async (format, more) => {
    const jobs = `jobs-${format}`;
    const first = await serve(jobs, ...more);
    const job = await post(first, sent, `?format=${format}`);
    while ((await records(jobs, job)) < 1) await delay(5);
    // searches come first
    if (process.platform === 'linux') expect(await prioritiesOf(job.id)).toEqual([19]);
    await first.end('SIGKILL');

    const second = await serve(jobs, ...more);
    const result = { rows: rows.length - 1, nothingToEmbed: 0, deadLetters: 1, width: 16 };
    expect(await ended(second, job.id)).toMatchObject({ state: 'done', result });
    const made = await fetched(second, `jobs/${job.id}/embeddings`);
    expect(made.equals(await readFile(at(`expected.${format}`)))).toBe(true);
    const letter = JSON.parse((await fetched(second, `jobs/${job.id}/dead-letters`)).toString());
    expect(letter).toEqual({ line: 5001, reason: 'title is missing', row: { id: rows[5000].id } });
    // searches have gone on meanwhile, and what was sent is gone
    expect((await second.send('POST', '/search', { text: 'red hammer' })).status).toBe(200);
    expect((await readdir(join(at(jobs), job.id))).sort()).toEqual(
      [`embeddings.${format}`, `embeddings.${format}.dead.jsonl`, 'state.json'].sort(),
    );
    expect(await second.end()).toBe(0);
  });

  it.skipIf(!hasRedis)('hands the shards out to workers, and waits for a Redis that is away', async () => {
    const redis = await startRedis();
    try {
      await redis.kill();
      const service = await serve('jobs-redis', '--redis', redis.url);
      const job = await post(service, sent);
      while ((await jobOf(service, job.id)).progress?.text.includes('Redis is away') !== true) await delay(50);
      await redis.start();
      const words = ['worker', '--redis', redis.url, '--workers', '1'];
      const worker = spawn(process.execPath, [...fromSources, ...words], { stdio: 'ignore' });
      expect(await ended(service, job.id)).toMatchObject({ state: 'done', result: { rows: rows.length - 1 } });
      const made = await fetched(service, `jobs/${job.id}/embeddings`);
      expect(made.equals(await readFile(at('expected.jsonl')))).toBe(true);
      worker.kill('SIGKILL');
      expect(await service.end()).toBe(0);
    } finally {
      await redis.remove();
    }
  });

  it('ends a job that is deleted, and says what is wrong with another', async () => {
    const service = await serve('jobs');
    const job = await post(service, sent);
    while ((await records('jobs', job)) < 1) await delay(5);
    expect((await service.send('DELETE', `/jobs/${job.id}`)).status).toBe(200);
    expect(await readdir(at('jobs'))).toEqual([]);
    const bad = await post(service, '{"name":"hose"}\n');
    const { error } = await ended(service, bad.id);
    expect(error?.code).toBe('data/malformed-row');
    expect(JSON.stringify(error)).not.toContain(folder);
    expect(await service.end()).toBe(0);
  });

  it('takes no more rows than there is room for, and none for an index without a model', async () => {
    const service = await serve('small-jobs', '--jobs-disk', '1');
    const { id } = await post(
      service,
      rows
        .slice(0, 200)
        .map(row => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    expect((await ended(service, id)).error?.code).toBe('job/too-large');
    await service.end();
    const words = await startService(['--index', at('words'), '--jobs', at('word-jobs')]);
    services.push(words);
    const reply = await fetch(new URL('jobs', words.url), {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(JSON.parse(await reply.text()).code).toBe('index/no-vectors');
  });
});
