import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, smallDocuments, trainSmallModel } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { type Service, startService, until } from './serve-process.js';

const run = promisify(execFile);
const count = 3_000;

let folder: string;
let disk: string;
let service: Service | undefined;
/** why there is no small disk here */
let missing: string | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-full-disk-'));
  disk = join(folder, 'disk');
  await mkdir(disk);
  missing = await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]).then(
    () => undefined,
    (error: Error) => `no small disk can be mounted: ${error.message.trim().split('\n').at(-1)}`,
  );
  if (missing !== undefined) console.log(missing);
});
afterAll(async () => {
  await service?.end('SIGKILL');
  // lazily: stores that were open in this process may be mapped still
  if (missing === undefined) await run('umount', ['--lazy', disk]);
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const resize = (bytes: number) => run('mount', ['-o', `remount,size=${bytes}`, disk]);
async function used(): Promise<number> {
  const { bsize, blocks, bfree } = await statfs(disk);
  return (blocks - bfree) * bsize;
}

/** Writes one document after the other, and keeps which were acknowledged; a full disk is the only thing that may be in the way. */
function writeOn({ send }: Service) {
  let over = false;
  const acknowledged = new Set<string>();
  const running = (async () => {
    for (let n = 0; !over; n++) {
      const id = `new${n % 100}`;
      const { status, body } = await send('PUT', `/documents/${id}`, { title: `zebra ${id}` });
      if (status === 200) acknowledged.add(id);
      else expect(body).toMatchObject({ code: 'files/disk-full' });
      await delay(5);
    }
  })();
  return async (): Promise<ReadonlySet<string>> => {
    over = true;
    await running;
    return acknowledged;
  };
}

describe('a generation that is added on a disk that fills', { timeout: 240_000 }, () => {
  it('is taken away again, and why is told; the one that is searched and written to goes on', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await trainSmallModel(at('small'));
    await trainSmallModel(at('wide'), { embeddingWidth: 256 });
    await writeFile(at('documents.jsonl'), jsonLines(smallDocuments(count)));
    const [index, model] = [join(disk, 'index'), at('wide/model')];
    const words = ['--model', at('small/model'), '--documents', at('documents.jsonl'), '--out', index];
    expect((await runTandem(['index', ...words])).exit).toBe(0);
    service = await startService(['--index', index, '--writable']);
    const { send } = service;
    const found = async () => {
      // of titles that nobody writes
      const filter = [{ terms: { field: 'country', values: ['de', 'fr', 'us'] } }];
      const { status, body } = await send('POST', '/search', { text: 'red hammer', k: 5, mode: 'vector', filter });
      expect(status).toBe(200);
      return (body as { hits: { id: string; score: number }[] }).hits.map(({ id, score }) => [id, score]);
    };
    const add = async () => {
      expect(await send('POST', '/generations', { model })).toMatchObject({ status: 202 });
      const told = async () => (await send('GET', '/generations')).body as Told;
      return until(told, ({ addition }) => addition.state !== 'running');
    };
    const before = await found();
    const stop = writeOn(service);
    // the embeddings take 3 MiB in the store, and as much beside the graph: there is no room for the first ones, for most of them, for the vectors
    for (const room of [0.5, 2, 5]) {
      await resize((await used()) + room * 2 ** 20);
      const { addition, generations } = await add();
      expect(addition).toMatchObject({
        state: 'failed',
        text: expect.stringMatching(/^files\/disk-full: .*the disk is full\. Free some space/),
      });
      expect(generations).toMatchObject([{ number: 0, active: true }]);
      expect(await readdir(join(index, 'generations'))).toEqual([]);
      expect(await found()).toEqual(before);
    }
    // what was taken away is room for what is written
    expect(await send('PUT', '/documents/last', { title: 'zebra' })).toMatchObject({ status: 200 });
    await resize(2 ** 26);
    const { addition, generations } = await add();
    expect(addition).toMatchObject({ state: 'done' });
    const acknowledged = await stop();
    expect(await send('POST', `/generations/${generations[1].number}/switch`)).toMatchObject({ status: 200 });
    expect((await found()).length).toBe(5);
    expect(await service.end()).toBe(0);
    expect(lastJson(await runTandem(['check', '--index', index, '--json']))).toMatchObject({
      documents: count + 1 + acknowledged.size,
      problems: [],
    });
  });
});

interface Told {
  readonly generations: readonly { readonly number: number }[];
  readonly addition: { readonly state: string; readonly text: string };
}
