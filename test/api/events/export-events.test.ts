import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportEvents } from '../../../src/api/events/export-events.js';
import { hasRedis, type RedisServer, startRedis } from '../../redis-server.js';

let folder: string;
let server: RedisServer;
let direct: Redis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-export-'));
  if (!hasRedis) return;
  server = await startRedis();
  direct = new Redis(server.url);
});
afterAll(async () => {
  direct?.disconnect();
  await server?.remove();
  await rm(folder, { recursive: true, force: true });
});

const warn = vi.fn();
const filesIn = async (out: string): Promise<string[]> => (await readdir(out)).filter(name => name.endsWith('.jsonl'));
const lineOf = (n: number): string => JSON.stringify({ session: `s${n}` });

describe.skipIf(!hasRedis)('exportEvents', { timeout: 60_000 }, () => {
  it('goes on where it was ended, with each entry once', async () => {
    const out = join(folder, 'ended');
    const entries = 2_500;
    const pipeline = direct.pipeline();
    // several have one millisecond, and numbers that sort otherwise as texts
    for (let n = 0; n < entries; n++) pipeline.xadd('ended', `${1 + Math.floor(n / 20)}-${n % 20}`, 'event', lineOf(n));
    await pipeline.exec();
    const options = { redis: server.url, stream: 'ended', folder: out, fileBytes: 10 * lineOf(0).length };
    const end = new AbortController();
    const ended = expect(exportEvents(options, { signal: end.signal, warn })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await vi.waitFor(async () => expect(await filesIn(out)).not.toEqual([]), { timeout: 20_000, interval: 1 });
    end.abort();
    await ended;
    const before = await filesIn(out);
    const { events, files, last } = await exportEvents(options, { signal: new AbortController().signal, warn });
    expect(last).toBe(`${1 + Math.floor((entries - 1) / 20)}-${(entries - 1) % 20}`);
    expect(before).not.toEqual([]);
    expect(events).toBeGreaterThan(0);
    expect((await filesIn(out)).length).toBe(before.length + files.length);
    const texts = await Promise.all((await filesIn(out)).map(name => readFile(join(out, name), 'utf8')));
    const lines = texts.flatMap(text => text.trimEnd().split('\n'));
    expect(lines.sort()).toEqual(Array.from({ length: entries }, (_, n) => lineOf(n)).sort());
    expect(warn).not.toHaveBeenCalled();
  });

  it('is done by one process at a time in a folder', async () => {
    const out = join(folder, 'claimed');
    const options = { redis: server.url, stream: 'claimed', folder: out };
    const watch = { signal: new AbortController().signal, warn };
    await direct.xadd('claimed', '*', 'event', lineOf(0));
    const both = await Promise.allSettled([exportEvents(options, watch), exportEvents(options, watch)]);
    expect(await filesIn(out)).toHaveLength(1);
    for (const each of both)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'files/claimed' });
    await writeFile(join(out, 'notes.txt'), 'of somebody else');
    expect(await exportEvents(options, watch)).toMatchObject({ events: 0, files: [] });
  });
});
