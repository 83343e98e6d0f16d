import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { type Service, startService, until } from './serve-process.js';

let folder: string;
let index: string;
let service: Service | undefined;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-keys-'));
  const documents = join(folder, 'documents.jsonl');
  const row = (tenant: string) => (i: number) => ({ id: `${tenant}-${i}`, title: `red hammer ${i}`, tenant });
  const numbers = Array.from({ length: 30 }, (_, i) => i);
  await writeFile(documents, jsonLines([...numbers.map(row('a')), ...numbers.map(row('b'))]));
  index = join(folder, 'index');
  expect((await runTandem(['index', '--documents', documents, '--out', index])).exit).toBe(0);
});
afterEach(async () => {
  await service?.end('SIGKILL');
  service = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tenant = (name: string): string => JSON.stringify([{ terms: { field: 'tenant', values: [name] } }]);

async function makeKey(file: string, name: string, scope: string, ...more: string[]): Promise<string> {
  const made = await runTandem(['key', 'create', '--keys', file, '--name', name, '--scope', scope, '--json', ...more]);
  return JSON.parse(made.out).key;
}

/** Asks over a connection of its own, so that each process gets its turn. */
function ask(method: string, path: string, key: string, body?: unknown) {
  return new Promise<{ readonly status?: number; readonly body: Record<string, unknown> }>((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${key}`, ...type };
    const asked = request(new URL(path, service?.url), { method, headers, agent: false }, answer => {
      text(answer).then(read => resolve({ status: answer.statusCode, body: JSON.parse(read) }), reject);
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const statusOf = async (...asked: Parameters<typeof ask>): Promise<number | undefined> => (await ask(...asked)).status;

describe.each([
  ['one process', []],
  ['several processes', ['--workers', '2']],
])('keys of a service of %s', { timeout: 120_000 }, (_name, workers) => {
  async function serve() {
    const file = join(folder, `keys-${files++}.json`);
    const a = await makeKey(file, 'a', 'write', '--filter', tenant('a'));
    service = await startService(['--index', index, '--writable', '--keys', file, ...workers]);
    return { file, a };
  }

  it('hold to their filter, whichever process is asked', async () => {
    const { a } = await serve();
    const search = { text: 'red hammer', mode: 'token', k: 10, pages: true, total: true };
    for (let i = 0; i < 6; i++) {
      const first = await ask('POST', '/search', a, search);
      expect(first.body.total).toBe(30);
      const ids: string[] = [];
      for (let page = first.body; ; ) {
        ids.push(...(page.hits as { id: string }[]).map(({ id }) => id));
        if (page.cursor === undefined) break;
        page = (await ask('POST', '/search/next', a, { cursor: page.cursor, k: 10 })).body;
      }
      expect(ids.filter(id => !id.startsWith('a-'))).toEqual([]);
      expect(new Set(ids).size).toBe(30);
      expect(await statusOf('GET', '/documents/b-1', a)).toBe(404);
    }
    const put = (id: string, of: string) => ask('PUT', `/documents/${id}`, a, { title: 'blue saw', tenant: of });
    expect((await put('a-new', 'a')).status).toBe(200);
    expect((await put('a-new', 'b')).body.code).toBe('key/outside-filter');
    expect((await put('b-1', 'a')).body.code).toBe('key/id-taken');
    expect((await ask('DELETE', '/documents/b-1', a)).body.found).toBe(false);
    expect((await ask('DELETE', '/documents/a-new', a)).body.found).toBe(true);
  });

  it('change without a restart: by themselves, and at once on SIGHUP', async () => {
    const { file, a } = await serve();
    const read = (key: string) => statusOf('GET', '/documents/a-1', key);
    const everybody = (key: string) => Promise.all([read(key), read(key), read(key), read(key)]);
    expect(await everybody(a)).toEqual([200, 200, 200, 200]);
    const later = await makeKey(file, 'later', 'read');
    const known = await until(
      () => everybody(later),
      statuses => statuses.every(status => status === 200),
    );
    expect(known).toEqual([200, 200, 200, 200]);
    await runTandem(['key', 'revoke', '--keys', file, '--key', 'a']);
    const gone = await until(
      () => everybody(a),
      statuses => statuses.every(status => status === 401),
    );
    expect(gone).toEqual([401, 401, 401, 401]);
    const before = service?.log.length ?? 0;
    service?.process.kill('SIGHUP');
    const reread = async () =>
      service?.log.slice(before).filter(({ msg }) => msg?.includes('was read again')).length ?? 0;
    expect(await until(reread, times => times > 0)).toBeGreaterThan(0);
    expect(await read(later)).toBe(200);
    const good = await readFile(file, 'utf8');
    await writeFile(file, '{');
    service?.process.kill('SIGHUP');
    const failed = async () => service?.log.some(({ msg }) => msg?.includes('keys stay as they were')) ?? false;
    expect(await until(failed, told => told)).toBe(true);
    expect(await read(later)).toBe(200);
    await writeFile(file, good);
  });

  it('have their limits counted over all processes', async () => {
    const { file } = await serve();
    const few = await makeKey(file, 'few', 'read', '--rate-limit', '5');
    await until(
      () => statusOf('GET', '/health/ready', few),
      () => true,
    );
    const statuses: (number | undefined)[] = [];
    await until(
      async () => statuses.push(await statusOf('GET', '/documents/a-1', few)),
      () => statuses.filter(status => status === 429).length === 3,
    );
    expect(statuses.filter(status => status === 200)).toHaveLength(5);
  });
});
