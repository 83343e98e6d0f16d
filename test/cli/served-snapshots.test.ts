import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { type Service, startService, until } from './serve-process.js';

let folder: string;
let documents: string;
let service: Service | undefined;
let places = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-snapshots-'));
  documents = join(folder, 'documents.jsonl');
  await writeFile(
    documents,
    jsonLines(Array.from({ length: 30 }, (_, i) => ({ id: `d${i}`, title: `red hammer ${i}` }))),
  );
});
afterEach(async () => {
  await service?.end('SIGKILL');
  service = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Reply {
  readonly code?: string;
  readonly snapshots: readonly { readonly name: string; readonly sequence: number; readonly bytes: number }[];
  readonly taking?: { readonly name: string; readonly state: string };
}

async function serve(...more: string[]) {
  const [index, snapshots] = [join(folder, `index-${places}`), join(folder, `snapshots-${places++}`)];
  expect((await runTandem(['index', '--documents', documents, '--out', index])).exit).toBe(0);
  service = await startService(['--index', index, '--writable', '--snapshots', snapshots, ...more]);
  const { send } = service;
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await send(method, path, body);
    return { status: answer.status, body: answer.body as Reply };
  };
  const settled = () =>
    until(
      async () => (await ask('GET', 'snapshots')).body,
      ({ taking }) => taking?.state !== 'running',
    );
  return { ask, settled, snapshots };
}

describe.each([
  ['one process', []],
  ['several processes', ['--workers', '2']],
])('POST /snapshots of a service of %s', { timeout: 120_000 }, (_name, workers) => {
  it('copies what is acknowledged, while it is searched and written to', async () => {
    const { ask, settled, snapshots } = await serve(...workers);
    expect((await ask('GET', 'snapshots')).body).toEqual({ snapshots: [] });
    expect((await ask('PUT', 'documents/new', { title: 'violet umbrella' })).status).toBe(200);
    const begun = await ask('POST', 'snapshots', { name: 'monday' });
    expect([begun.status, begun.body.taking]).toEqual([
      202,
      expect.objectContaining({ name: 'monday', state: 'running' }),
    ]);
    expect((await ask('PUT', 'documents/later', { title: 'violet umbrella' })).status).toBe(200);
    const done = await settled();
    expect(done.taking).toMatchObject({ name: 'monday', state: 'done' });
    expect(done.snapshots).toEqual([expect.objectContaining({ name: 'monday', bytes: expect.any(Number) })]);
    const taken = await ask('POST', 'snapshots', { name: 'monday' });
    expect([taken.status, taken.body.code]).toEqual([409, 'snapshot/exists']);
    expect((await ask('GET', 'snapshots')).body.taking?.state).toBe('done');
    const out = join(folder, `restored-${places}`);
    expect((await runTandem(['restore', '--snapshot', join(snapshots, 'monday'), '--out', out])).exit).toBe(0);
    const found = lastJson(await runTandem(['search', 'violet umbrella', '--index', out, '--json']));
    expect(found.hits.map(({ id }: { id: string }) => id)).toContain('new');
  });
});

describe('POST /snapshots', { timeout: 120_000 }, () => {
  it('takes one at a time, of a name that stays in its folder', async () => {
    const { ask, settled, snapshots } = await serve();
    const [first, second] = await Promise.all([
      ask('POST', 'snapshots', { name: 'a' }),
      ask('POST', 'snapshots', { name: 'b' }),
    ]);
    expect([first.status, second.status, second.body.code ?? first.body.code]).toEqual([202, 409, 'snapshot/busy']);
    await settled();
    for (const name of ['', '..', '.a', 'a/b', '../a', 'a\\b', 'ä', 'a'.repeat(101), 1, null]) {
      const refused = await ask('POST', 'snapshots', { name });
      expect([name, refused.status, refused.body.code]).toEqual([name, 400, 'request/invalid']);
    }
    await mkdir(join(snapshots, 'no snapshot'));
    expect((await ask('GET', 'snapshots')).body.snapshots.map(({ name }) => name)).toEqual(['a']);
    expect((await readdir(snapshots)).sort()).toEqual(['a', 'no snapshot']);
  });

  it('tells why one failed, without its place, and needs a folder', async () => {
    const { ask, settled, snapshots } = await serve();
    await writeFile(snapshots, 'a file');
    const refused = await ask('POST', 'snapshots', { name: 'a' });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(refused.body)).not.toContain(snapshots);
    expect((await settled()).snapshots).toEqual([]);
    await service?.end();
    const index = join(folder, `index-${places - 1}`);
    service = await startService(['--index', index]);
    const none = await service.send('POST', 'snapshots', { name: 'a' });
    expect([none.status, (none.body as Reply).code]).toEqual([409, 'snapshot/no-folder']);
  });
});
