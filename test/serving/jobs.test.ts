import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Access, keyAccess } from '../../serving/access.js';
import type { App } from '../../serving/parts.js';
import { type JobQueue, type JobWork, openJobQueue } from '../../src/api/jobs/job-queue.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { makeKeys } from './keys.js';
import { closeApps, expectError, open } from './open-app.js';

const result = { rows: 2, nothingToEmbed: 0, deadLetters: 1, modelId: 'm', width: 4 };
const queues: JobQueue[] = [];

/** Makes files without a model. */
const quickWork: JobWork = {
  width: async () => 4,
  embed: async (_job, { embeddings }) => {
    await writeFile(embeddings, '{"id":"a","embedding":[1]}\n');
    const letter = { path: embeddings, line: 2, reason: 'title is missing', row: { id: 'b' } };
    await writeFile(`${embeddings}.dead.jsonl`, `${JSON.stringify(letter)}\n`);
    return result;
  },
};

async function openWithJobs(work = quickWork, bytes = 1_000, access?: Access): Promise<App> {
  const root = join(await temporaryFolder(), 'jobs');
  await mkdir(root);
  const jobs = await openJobQueue(root, work, { diskBytes: 2 ** 30, bytes });
  queues.push(jobs);
  return open({ jobs, access });
}

afterEach(async () => {
  await closeApps();
  await Promise.all(queues.splice(0).map(queue => queue.close()));
});

const post = (app: App, payload: string | Buffer, type = 'application/x-ndjson', query = '') =>
  app.inject({ method: 'POST', url: `/jobs${query}`, payload, headers: { 'content-type': type } });

/** Asks until the job has ended. */
async function ended(app: App, id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { job } = (await app.inject(`/jobs/${id}`)).json();
    if (job.ended !== undefined) return job;
    await delay(2);
  }
}

describe('/jobs', () => {
  it('takes rows, tells how far they are, and hands out what was made of them', async () => {
    const app = await openWithJobs();
    const reply = await post(app, '{"id":"a","title":"hose"}\n', 'application/x-ndjson; charset=utf-8');
    expect(reply.statusCode).toBe(202);
    const { job } = reply.json();
    expect(job).toMatchObject({ kind: 'documents', format: 'jsonl', bytes: 26 });
    expect(await ended(app, job.id)).toMatchObject({ state: 'done', result });
    const made = await app.inject(`/jobs/${job.id}/embeddings`);
    expect([made.statusCode, made.headers['content-type'], made.body]).toEqual([
      200,
      'application/x-ndjson',
      '{"id":"a","embedding":[1]}\n',
    ]);
    const dead = await app.inject(`/jobs/${job.id}/dead-letters`);
    expect(dead.json()).toEqual({ line: 2, reason: 'title is missing', row: { id: 'b' } });
    const asked = await post(app, 'id,text\na,hose\n', 'text/csv', '?kind=queries&format=parquet');
    expect(asked.json().job).toMatchObject({ kind: 'queries', format: 'parquet' });
    await ended(app, asked.json().job.id);
    const table = await app.inject(`/jobs/${asked.json().job.id}/embeddings`);
    expect(table.headers['content-type']).toBe('application/vnd.apache.parquet');
    expect((await app.inject('/jobs')).json().jobs).toHaveLength(2);
    const gone = await app.inject({ method: 'DELETE', url: `/jobs/${job.id}` });
    expect(gone.json().job.id).toBe(job.id);
    expectError(await app.inject(`/jobs/${job.id}`), 404, 'job/unknown');
  });

  it('refuses what is no file of rows, and keeps nothing of it', async () => {
    const app = await openWithJobs();
    expectError(await post(app, ''), 400, 'request/invalid');
    expectError(await post(app, 'x', 'image/png'), 415, 'request/unsupported-type');
    expectError(await post(app, 'x', 'text/csv', '?kind=pictures'), 400, 'request/invalid');
    expectError(await post(app, 'x'.repeat(1_001)), 413, 'request/too-large');
    // without a length it is known only when they have come
    const reply = await app.inject({
      method: 'POST',
      url: '/jobs',
      headers: { 'content-type': 'text/csv', 'transfer-encoding': 'chunked' },
      payload: Readable.from([Buffer.alloc(900), Buffer.alloc(900)]),
    });
    expectError(reply, 413, 'request/too-large');
    expect((await app.inject('/jobs')).json()).toEqual({ jobs: [] });
  });

  it('hands out nothing of a job that is in work', async () => {
    const app = await openWithJobs({
      ...quickWork,
      embed: (_job, _files, _rows, _progress, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const { job } = (await post(app, '{}')).json();
    expectError(await app.inject(`/jobs/${job.id}/embeddings`), 409, 'job/no-result');
    expectError(await app.inject(`/jobs/${job.id}/dead-letters`), 409, 'job/no-result');
    expect((await app.inject({ method: 'DELETE', url: `/jobs/${job.id}` })).statusCode).toBe(200);
  });

  it('is told to be off where no folder was given, before a body is read', async () => {
    const app = await open();
    expectError(await post(app, '{}'), 404, 'job/disabled');
    expectError(await app.inject('/jobs'), 404, 'job/disabled');
  });

  it('of a key are seen by it and by those who see all', async () => {
    const filter = [{ terms: { field: 'shop', values: ['a'] } }];
    const keys = makeKeys({
      one: { scopes: ['write'], filter },
      other: 'write',
      reader: 'read',
      admin: 'admin',
    });
    const app = await openWithJobs(quickWork, 1_000, keyAccess(keys.ring));
    const ask = (name: string, url = '/jobs', method: 'GET' | 'DELETE' = 'GET') =>
      app.inject({ method, url, headers: keys.bearer(name) });
    const headers = { 'content-type': 'text/csv', ...keys.bearer('one') };
    const sent = await app.inject({ method: 'POST', url: '/jobs', headers, payload: 'id,title\na,hose\n' });
    const { id } = sent.json().job;
    expect(sent.body).not.toContain(keys.entries[0].id);
    for (const [name, count] of [
      ['one', 1],
      ['other', 0],
      ['admin', 1],
    ] as const)
      expect((await ask(name)).json().jobs).toHaveLength(count);
    expectError(await ask('reader'), 403, 'request/forbidden');
    for (const path of ['', '/embeddings', '/dead-letters'])
      expectError(await ask('other', `/jobs/${id}${path}`), 404, 'job/unknown');
    expectError(await ask('other', `/jobs/${id}`, 'DELETE'), 404, 'job/unknown');
    expect((await ask('admin', `/jobs/${id}`)).statusCode).toBe(200);
    expect((await ask('one', `/jobs/${id}`, 'DELETE')).statusCode).toBe(200);
  });

  it('is for those who may write', async () => {
    const app = await openWithJobs();
    const foreign = { origin: 'http://elsewhere.example' };
    expectError(await app.inject({ url: '/jobs', headers: foreign }), 403, 'request/forbidden');
    const proxied = { 'x-forwarded-for': '203.0.113.7', 'content-type': 'text/csv' };
    expectError(
      await app.inject({ method: 'POST', url: '/jobs', headers: proxied, payload: 'a' }),
      403,
      'request/forbidden',
    );
  });
});
