import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { type Service, startService, until } from './serve-process.js';

const readers = 3;
let folder: string;
let documents: string;
let indexes = 0;
let service: Service | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-processes-'));
  documents = join(folder, 'documents.jsonl');
  const rows = Array.from({ length: 90 }, (_, i) => ({ id: `d${i}`, title: `red hammer ${i}` }));
  await writeFile(documents, jsonLines(rows));
});
afterEach(async () => {
  if (service?.process.exitCode === null && service.process.signalCode === null) await service.end('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts a service over an index of its own. */
async function serve(...more: string[]): Promise<Service> {
  const index = join(folder, `index-${indexes++}`);
  const made = await runTandem(['index', '--documents', documents, '--out', index]);
  expect(made.exit).toBe(0);
  service = await startService(['--index', index, '--workers', String(readers), ...more]);
  return service;
}

/** Asks over a connection of its own, so that each reader gets its turn. */
function ask({ url }: Service, method: string, path: string, body?: unknown) {
  return new Promise<{ readonly status?: number; readonly body: string }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(new URL(path, url), { method, headers, agent: false }, (answer: IncomingMessage) => {
      text(answer).then(read => resolve({ status: answer.statusCode, body: read }), reject);
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const found = async (of: Service, words: string): Promise<string[]> => {
  const { status, body } = await ask(of, 'POST', '/search', { text: words, mode: 'token', k: 100 });
  expect(status).toBe(200);
  return JSON.parse(body).hits.map(({ id }: { id: string }) => id);
};
const put = async (of: Service, id: string, title: string, more: object = {}) => {
  const { status, body } = await ask(of, 'PUT', `/documents/${id}`, { title, ...more });
  return { status, code: JSON.parse(body).code };
};

function isSocket(file: string): boolean {
  try {
    return readlinkSync(file).startsWith('socket:');
  } catch {
    return false; // it was closed meanwhile
  }
}

/** Processes of a service by what they do. */
async function processes(of: Service, role: 'reader' | 'writer'): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap(line => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === of.process.pid && args.includes(`${role}-process`) ? [Number(pid)] : [];
  });
}
const allReaders = (of: Service): Promise<number[]> =>
  until(
    () => processes(of, 'reader'),
    pids => pids.length === readers,
  );

describe('a service of several processes', { timeout: 240_000 }, () => {
  it('shows every acknowledged write to every reader', async () => {
    const served = await serve('--writable');
    await allReaders(served);
    for (let i = 0; i < 20; i++) {
      expect(await put(served, `w${i}`, `flugelhorn ${i}`)).toEqual({ status: 200 });
      const seen = await Promise.all(Array.from({ length: 2 * readers }, () => found(served, 'flugelhorn')));
      for (const ids of seen) expect(ids.length).toBe(i + 1);
    }
    const { body } = await ask(served, 'DELETE', '/documents/w0');
    expect(JSON.parse(body)).toMatchObject({ id: 'w0', found: true });
    for (let i = 0; i < 2 * readers; i++) expect(await found(served, 'flugelhorn')).not.toContain('w0');
    const refused = await put(served, 'bad', 'horn', { language: 'no such language' });
    expect(refused).toEqual({ status: 400, code: 'text/bad-language' });
  });

  it.skipIf(process.platform !== 'linux')('shares out connections that come at once', async () => {
    const served = await serve();
    const pids = await allReaders(served);
    const sockets = (pid: number): number =>
      readdirSync(`/proc/${pid}/fd`).filter(fd => isSocket(`/proc/${pid}/fd/${fd}`)).length;
    /** How many of 60 connections each of them takes. */
    async function taken(): Promise<number[]> {
      const before = pids.map(sockets);
      const agent = new Agent({ keepAlive: true });
      const live = (): Promise<void> =>
        new Promise((resolve, reject) => {
          const asked = get(new URL('/health/live', served.url), { agent }, answer => {
            answer.resume().once('end', resolve);
          });
          asked.once('error', reject);
        });
      await Promise.all(Array.from({ length: 60 }, live));
      const counts = pids.map((pid, i) => sockets(pid) - before[i]);
      agent.destroy();
      await delay(200);
      return counts;
    }
    // 20 each in the mean, once all of them listen; the first one to wake would take nearly all
    const least = (counts: readonly number[]): number => Math.min(...counts);
    expect(least(await until(taken, counts => least(counts) >= 5))).toBeGreaterThanOrEqual(5);
  });

  it('shows other synonyms, and deletions by a filter, to every reader', async () => {
    const served = await serve('--writable');
    await allReaders(served);
    const everywhere = (words: string) =>
      Promise.all(Array.from({ length: 2 * readers }, async () => (await found(served, words)).length));
    const all = (count: number) => Array.from({ length: 2 * readers }, () => count);
    expect(await everywhere('gavel')).toEqual(all(0));
    expect((await ask(served, 'PUT', '/synonyms', { rules: ['gavel, hammer'] })).status).toBe(200);
    expect(await everywhere('gavel')).toEqual(all(90));
    const rules = [{ id: 'last', when: { exact: 'gavel' }, pin: ['d89'] }];
    expect((await ask(served, 'PUT', '/rules', { rules })).status).toBe(200);
    const firsts = Array.from({ length: 2 * readers }, async () => (await found(served, 'gavel'))[0]);
    expect(new Set(await Promise.all(firsts))).toEqual(new Set(['d89']));
    const filter = [{ terms: { field: 'id', values: ['d1', 'd2', 'd3'] } }];
    const deleted = await ask(served, 'POST', '/documents/delete', { filter });
    expect(JSON.parse(deleted.body)).toMatchObject({ matched: 3, deleted: 3 });
    expect(await everywhere('gavel')).toEqual(all(87));
  });

  it('turns pages whichever process has the ranking', async () => {
    const served = await serve();
    await allReaders(served);
    const first = await ask(served, 'POST', '/search', { text: 'red hammer', mode: 'token', k: 10, pages: true });
    let { hits, cursor } = JSON.parse(first.body);
    const ids: string[] = hits.map(({ id }: { id: string }) => id);
    while (cursor !== undefined) {
      const page = await ask(served, 'POST', '/search/next', { cursor, k: 10 });
      expect(page.status).toBe(200);
      ({ hits, cursor } = JSON.parse(page.body));
      ids.push(...hits.map(({ id }: { id: string }) => id));
    }
    expect(new Set(ids).size).toBe(90);
    expect(ids.length).toBe(90);
    for (const wrong of ['7-AAAAAAAAAAAAAAAAAAAAAA.0', 'AAAAAAAAAAAAAAAAAAAAAA.0']) {
      const { status, body } = await ask(served, 'POST', '/search/next', { cursor: wrong, k: 10 });
      expect([status, JSON.parse(body).code]).toEqual([410, 'search/cursor-expired']);
    }
  });

  it('counts the requests of an address, and its own figures, over all processes', async () => {
    const served = await serve('--rate-limit', '12');
    await allReaders(served);
    const statuses = [];
    for (let i = 0; i < 15; i++) statuses.push((await ask(served, 'POST', '/search', { text: 'red' })).status);
    expect(statuses).toEqual([...Array(12).fill(200), ...Array(3).fill(429)]);
    const { body } = await ask(served, 'GET', '/metrics');
    const counted = /tandem_request_seconds_count\{[^}]*route="\/search"[^}]*status="200"[^}]*\} (\d+)/.exec(body);
    expect(counted?.[1]).toBe('12');
    expect(body).toContain('tandem_documents 90\n');
    expect(body).toContain(`tandem_workers_wanted ${readers}\n`);
    expect(body).toMatch(/^tandem_workers [1-3]$/m);
  });

  it('replaces what is killed, and loses no acknowledged write', async () => {
    const served = await serve('--writable');
    await allReaders(served);
    const acknowledged: string[] = [];
    const codes = new Set<string>();
    let writing = true;
    const write = async (): Promise<void> => {
      for (let i = 0; writing; i++) {
        const answer = await put(served, `k${i}`, `flugelhorn ${i}`).catch(() => undefined);
        if (answer?.status === 200) acknowledged.push(`k${i}`);
        else if (answer !== undefined) codes.add(answer.code);
        await delay(5);
      }
    };
    const written = write();
    for (const role of ['reader', 'writer', 'reader', 'writer'] as const) {
      await delay(300);
      const [pid] = await until(
        () => processes(served, role),
        pids => pids.length > 0,
      );
      process.kill(pid, 'SIGKILL');
      const before = acknowledged.length;
      await until(
        async () => acknowledged.length,
        count => count > before,
      );
    }
    writing = false;
    await written;
    await allReaders(served);
    expect([...codes].filter(code => code !== 'server/process-ended')).toEqual([]);
    const seen = async () => {
      const missing = new Set(acknowledged);
      for (const id of acknowledged)
        if ((await ask(served, 'GET', `/documents/${id}`)).status === 200) missing.delete(id);
      return [...missing];
    };
    expect(await seen()).toEqual([]);
    // lines are written beside requests
    const replaced = (): number => served.log.filter(({ msg }) => msg?.includes('is replaced')).length;
    await expect.poll(replaced, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
  });

  it('ends with all its processes, also when it is killed itself', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const served = await serve('--writable');
      const pids = [...(await allReaders(served)), ...(await processes(served, 'writer'))];
      expect(pids.length).toBe(readers + 1);
      expect(await served.end(signal)).toBe(signal === 'SIGTERM' ? 0 : null);
      const alive = async () => pids.filter(isAlive);
      expect(await until(alive, left => left.length === 0), signal).toEqual([]);
    }
  });

  it('says why it does not start', async () => {
    const words = ['serve', '--index', join(folder, 'nowhere'), '--port', '0', '--workers', '2'];
    const ended = await runTandem([...words, '--writable']);
    expect([ended.exit, ended.error]).toEqual([1, expect.stringContaining('index/not-found')]);
    const read = await runTandem(words);
    expect([read.exit, read.error]).toEqual([1, expect.stringContaining('index/not-found')]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
