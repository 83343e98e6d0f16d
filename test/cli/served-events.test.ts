import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { type Service, startService } from './serve-process.js';

let folder: string;
let index: string;
let service: Service | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-events-'));
  index = join(folder, 'index');
  const documents = join(folder, 'documents.jsonl');
  await writeFile(documents, jsonLines([{ id: 'a', title: 'garden hose' }]));
  expect((await runTandem(['index', '--documents', documents, '--out', index])).exit).toBe(0);
});
afterEach(async () => {
  if (service?.process.exitCode === null && service.process.signalCode === null) await service.end('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Sessions of the rows that are in a folder, each line read whole. */
async function sessionsIn(events: string): Promise<string[]> {
  const names = (await readdir(events)).filter(name => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map(name => readFile(join(events, name), 'utf8')));
  return texts.flatMap(text => text.split('\n').filter(line => line !== '')).map(line => JSON.parse(line).session);
}

describe('events of a service that is killed', () => {
  it.each([1, 2])('are all there that were acknowledged, with %i processes that answer', async workers => {
    const events = join(folder, `events-${workers}`);
    const words = ['--index', index, '--events', events, '--workers', String(workers)];
    service = await startService(words);
    const { send, end } = service;
    const acknowledged: string[] = [];
    let sent = 0;
    const sendOn = async (): Promise<void> => {
      for (;;) {
        const session = `s${sent++}`;
        const event = { type: 'click', session, query: 'hose', documentId: 'a', rank: 1 };
        const status = await send('POST', '/events', { events: [event] }).then(
          answer => answer.status,
          () => 0,
        );
        if (status !== 200) return;
        acknowledged.push(session);
        if (acknowledged.length === 200) void end('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, sendOn));
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    // a start cuts off what was half-written, and begins a file of its own
    service = await startService(words);
    expect(
      (await service.send('POST', '/events', { events: [{ type: 'search', session: 'last', query: 'x' }] })).status,
    ).toBe(200);
    expect(await service.end()).toBe(0);
    const there = await sessionsIn(events);
    expect(new Set(there).size).toBe(there.length);
    expect(acknowledged.filter(session => !there.includes(session))).toEqual([]);
    expect(there).toContain('last');
  });
});
