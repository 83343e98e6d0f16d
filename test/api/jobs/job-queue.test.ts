import { cp, mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../serving/jobs/job.js';
import { type JobLimits, type JobQueue, type JobWork, openJobQueue } from '../../../src/api/jobs/job-queue.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { temporaryFolder } from '../../data/temporary-folder.js';

const result = { rows: 1, nothingToEmbed: 0, deadLetters: 0, modelId: 'm', width: 4 };
const plenty: JobLimits = { diskBytes: 2 ** 30, bytes: 1_000 };

/** Work that is done when the test says so. */
function waitingWork() {
  const begun: { readonly rows: string; readonly maxRows: number; end(how?: Error): void }[] = [];
  let atOnce = 0;
  let most = 0;
  const work: JobWork = {
    width: async () => 4,
    embed: (_job, files, maxRows, onProgress, signal) =>
      new Promise((resolve, reject) => {
        most = Math.max(most, ++atOnce);
        onProgress({ text: 'embedding: 1 of 2 rows', share: 0.5 });
        const leave = (then: () => void): void => {
          atOnce--;
          then();
        };
        signal.addEventListener('abort', () => leave(() => reject(signal.reason)), { once: true });
        const end = async (how?: Error): Promise<void> => {
          if (how !== undefined) return leave(() => reject(how));
          await writeFile(files.embeddings, `of ${await readFile(files.rows, 'utf8')}`);
          leave(() => resolve(result));
        };
        begun.push({ rows: files.rows, maxRows, end: how => void end(how) });
      }),
  };
  return { work, begun, most: () => most };
}

const open: JobQueue[] = [];
async function queueOf(root: string, work: JobWork, limits = plenty): Promise<JobQueue> {
  const queue = await openJobQueue(root, work, limits);
  open.push(queue);
  return queue;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(queue => queue.close()));
});

async function send(queue: JobQueue, rows: string): Promise<Job> {
  const { id, path } = await queue.reserveJob({ kind: 'queries', format: 'jsonl', ending: '.jsonl' });
  await writeFile(path, rows);
  return queue.submitJob(id);
}

/** Waits until a job is as it should be. */
const until = (queue: JobQueue, id: string, state: Job['state']): Promise<Job> =>
  vi.waitFor(
    async () => {
      const job = await queue.job(id);
      // one in work has progress once the work itself has begun
      expect([job.state, state !== 'running' || job.progress !== undefined]).toEqual([state, true]);
      return job;
    },
    { timeout: 10_000, interval: 2 },
  );

describe('a queue of jobs', () => {
  it('does one after the other, in the order in which they came, and hands out what was made', async () => {
    const { work, begun, most } = waitingWork();
    const queue = await queueOf(join(await temporaryFolder(), 'jobs'), work);
    const jobs = [await send(queue, 'a'), await send(queue, 'b'), await send(queue, 'c')];
    expect(jobs[2]).toMatchObject({ kind: 'queries', format: 'jsonl', bytes: 1 });
    for (const [i, { id }] of jobs.entries()) {
      expect((await until(queue, id, 'running')).progress).toEqual({ text: 'embedding: 1 of 2 rows', share: 0.5 });
      await expect(queue.jobFile(id, 'embeddings')).rejects.toMatchObject({ code: 'job/no-result' });
      begun[i].end();
      expect(await until(queue, id, 'done')).toMatchObject({ result, ended: expect.any(String) });
      const { path, format, bytes } = await queue.jobFile(id, 'embeddings');
      expect([await readFile(path, 'utf8'), format, bytes]).toEqual([`of ${'abc'[i]}`, 'jsonl', 4]);
      expect((await queue.jobFile(id, 'deadLetters')).bytes).toBe(0);
    }
    expect(most()).toBe(1);
    expect((await queue.listJobs()).map(({ id }) => id).sort()).toEqual(jobs.map(({ id }) => id).sort());
  });

  it('tells why a job failed, without where its files lie, and goes on', async () => {
    const { work, begun } = waitingWork();
    const root = join(await temporaryFolder(), 'jobs');
    const queue = await queueOf(root, work);
    const [bad, good] = [await send(queue, 'a'), await send(queue, 'b')];
    await until(queue, bad.id, 'running');
    begun[0].end(new TandemError('data/malformed-row', `${begun[0].rows} line 1: id is missing`));
    const { error } = await until(queue, bad.id, 'failed');
    expect(error).toMatchObject({ code: 'data/malformed-row', message: 'rows.jsonl line 1: id is missing' });
    await expect(queue.jobFile(bad.id, 'embeddings')).rejects.toThrow('the job failed: rows.jsonl line 1');
    await until(queue, good.id, 'running');
    expect(await readdir(join(root, bad.id))).toEqual(['state.json']);
  });

  it('goes on where the process ended, first with what was in work', async () => {
    const root = join(await temporaryFolder(), 'jobs');
    const first = waitingWork();
    const before = await openJobQueue(root, first.work, plenty);
    const [done, worked, waited] = [await send(before, 'a'), await send(before, 'b'), await send(before, 'c')];
    await until(before, done.id, 'running');
    first.begun[0].end();
    await until(before, worked.id, 'running');
    const arriving = await before.reserveJob({ kind: 'queries', format: 'jsonl', ending: '.jsonl' });
    await writeFile(arriving.path, 'half of');
    await expect(openJobQueue(root, first.work, plenty)).rejects.toMatchObject({ code: 'files/claimed' });
    // what stands there when the process is killed now
    const killed = `${root}-killed`;
    await cp(root, killed, { recursive: true });
    await before.close();
    expect((await readdir(root)).sort()).toEqual([done.id, worked.id, waited.id].sort());

    for (const left of [root, killed]) {
      const then = waitingWork();
      const queue = await queueOf(left, then.work);
      expect((await queue.listJobs()).map(({ id }) => id).sort()).toEqual([done.id, worked.id, waited.id].sort());
      expect((await readdir(left)).sort()).toEqual([done.id, worked.id, waited.id].sort());
      expect(await queue.job(done.id)).toMatchObject({ state: 'done', result });
      await until(queue, worked.id, 'running');
      then.begun[0].end();
      await until(queue, waited.id, 'running');
      then.begun[1].end();
      await until(queue, waited.id, 'done');
      const { path } = await queue.jobFile(worked.id, 'embeddings');
      expect(await readFile(path, 'utf8')).toBe('of b');
    }
  });

  it('ends a job that is removed, wherever it stands, and takes its files away', async () => {
    const { work, begun } = waitingWork();
    const root = join(await temporaryFolder(), 'jobs');
    const queue = await queueOf(root, work);
    const [running, waiting, last] = [await send(queue, 'a'), await send(queue, 'b'), await send(queue, 'c')];
    await until(queue, running.id, 'running');
    expect(await queue.removeJob(waiting.id)).toMatchObject({ id: waiting.id, state: 'waiting' });
    expect(await queue.removeJob(running.id)).toMatchObject({ id: running.id, state: 'running' });
    await until(queue, last.id, 'running');
    expect(begun.map(({ rows }) => rows)).toHaveLength(2);
    expect(await readdir(root)).toEqual([last.id]);
    await expect(queue.job(running.id)).rejects.toMatchObject({ code: 'job/unknown' });
    await expect(queue.removeJob('../../etc')).rejects.toMatchObject({ code: 'job/unknown' });
  });

  it('leaves alone what is no job of its own', async () => {
    const root = join(await temporaryFolder(), 'jobs');
    await mkdir(join(root, 'photos'), { recursive: true });
    await queueOf(root, waitingWork().work);
    expect(await readdir(root)).toEqual(['photos']);
  });
});

describe('limits of jobs', () => {
  const request = { kind: 'queries', format: 'jsonl', ending: '.jsonl' } as const;

  it('bound how many there are, wait and are being sent', async () => {
    const { work, begun } = waitingWork();
    const limits = { ...plenty, jobs: 4, waiting: 2, arriving: 2 };
    const queue = await queueOf(join(await temporaryFolder(), 'jobs'), work, limits);
    const first = await send(queue, 'a');
    await until(queue, first.id, 'running');
    const second = await send(queue, 'b');
    const [one] = await Promise.all([queue.reserveJob(request), queue.reserveJob(request)]);
    await expect(queue.reserveJob(request)).rejects.toMatchObject({ code: 'job/too-many' });
    await queue.abandonJob(one.id);
    await send(queue, 'c');
    await expect(queue.reserveJob(request)).rejects.toThrow('2 jobs wait already');
    begun[0].end();
    await until(queue, second.id, 'running');
    // one is being sent, and three are there
    await expect(queue.reserveJob(request)).rejects.toThrow('there are 4 jobs');
    await queue.removeJob(first.id);
    await queue.reserveJob(request);
  });

  it('bound the disk: what is there, what is being sent and what a job may make', async () => {
    const { work, begun } = waitingWork();
    const root = join(await temporaryFolder(), 'jobs');
    const queue = await queueOf(root, work, { diskBytes: 100_000, bytes: 60_000 });
    await expect(queue.reserveJob({ ...request, bytes: 60_001 })).rejects.toMatchObject({ code: 'request/too-large' });
    const place = await queue.reserveJob(request);
    expect(place.mostBytes).toBe(50_000);
    // half of what is left then, and not the same twice
    const both = await Promise.all([queue.reserveJob(request), queue.reserveJob({ ...request, bytes: 5_000 })]);
    expect(both.map(({ mostBytes }) => mostBytes)).toEqual([25_000, 5_000]);
    await expect(queue.reserveJob({ ...request, bytes: 15_000 })).rejects.toMatchObject({ code: 'job/storage-full' });
    for (const { id } of both) await queue.abandonJob(id);
    await writeFile(place.path, 'x'.repeat(39_000));
    const job = await queue.submitJob(place.id);
    await until(queue, job.id, 'running');
    // 61,000 bytes are left, half of them for what it makes, twice 5,120 for a row
    expect(begun[0].maxRows).toBe(2);
    // what it was promised is given to no other, though it has made nothing yet: half of the 30,500 behind that
    const beside = await queue.reserveJob(request);
    expect(beside.mostBytes).toBe(15_250);
    await queue.abandonJob(beside.id);
    await truncate(place.path, 200_000);
    await expect(queue.reserveJob(request)).rejects.toMatchObject({ code: 'job/storage-full' });
    begun[0].end(new TandemError('job/too-large', 'there are more than 5 rows'));
    await writeFile(join(root, job.id, 'embeddings.jsonl.part'), 'x'.repeat(20_000));
    expect((await until(queue, job.id, 'failed')).error?.code).toBe('job/too-large');
    // nothing of what it made stays: it goes on nowhere
    expect(await readdir(join(root, job.id))).toEqual(['state.json']);
    expect((await queue.reserveJob(request)).mostBytes).toBeGreaterThan(49_000);
  });

  it('give one key half of the places, so that it cannot shut out another', async () => {
    const { work, begun } = waitingWork();
    const limits = { ...plenty, jobs: 8, waiting: 4, arriving: 4 };
    const queue = await queueOf(join(await temporaryFolder(), 'jobs'), work, limits);
    const of = (owner: string) => queue.reserveJob({ ...request, owner });
    const sendFor = async (owner: string): Promise<Job> => {
      const { id, path } = await of(owner);
      await writeFile(path, 'a');
      return queue.submitJob(id);
    };
    const first = await sendFor('greedy');
    await until(queue, first.id, 'running');
    const second = await sendFor('greedy');
    await sendFor('greedy');
    await expect(of('greedy')).rejects.toThrow('this key has half of the places');
    await sendFor('other');
    begun[0].end();
    await until(queue, second.id, 'running');
    // four jobs of it are too many, finished ones too
    await sendFor('greedy');
    await expect(of('greedy')).rejects.toMatchObject({ code: 'job/too-many' });
    await of('other');
  });

  it('end rows that do not come, and what was finished long ago', async () => {
    const { work, begun } = waitingWork();
    const root = join(await temporaryFolder(), 'jobs');
    const queue = await queueOf(root, work, { ...plenty, arriving: 1 });
    const late = await queue.reserveJob(request);
    await writeFile(late.path, 'a');
    await expect(queue.reserveJob(request)).rejects.toMatchObject({ code: 'job/too-many' });
    const long = new Date(Date.now() - 301_000);
    await utimes(late.path, long, long);
    const job = await send(queue, 'b');
    await expect(stat(late.path)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(queue.submitJob(late.id)).rejects.toMatchObject({ code: 'job/unknown' });
    await until(queue, job.id, 'running');
    begun[0].end();
    await until(queue, job.id, 'done');
    await queue.close();
    open.length = 0;

    const state = join(root, job.id, 'state.json');
    const { sha256: _, ...stored } = JSON.parse(await readFile(state, 'utf8'));
    await writeFile(state, JSON.stringify({ ...stored, ended: new Date(Date.now() - 8 * 86_400_000).toISOString() }));
    const again = await queueOf(root, work);
    await again.reserveJob(request);
    expect(await again.listJobs()).toEqual([]);
  });

  it('do not matter where the index has no model', async () => {
    const { work } = waitingWork();
    const width = () => Promise.reject(new TandemError('index/no-vectors', 'this index was made without a model'));
    const queue = await queueOf(join(await temporaryFolder(), 'jobs'), { ...work, width });
    await expect(queue.reserveJob(request)).rejects.toMatchObject({ code: 'index/no-vectors' });
  });
});
