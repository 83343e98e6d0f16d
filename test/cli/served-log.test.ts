import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { startService } from './serve-process.js';

let folder: string;
let index: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-log-'));
  const documents = join(folder, 'documents.jsonl');
  await writeFile(documents, jsonLines([{ id: '1', title: 'red hammer' }]));
  index = join(folder, 'index');
  expect((await runTandem(['index', '--documents', documents, '--out', index])).exit).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the log of a service', { timeout: 120_000 }, () => {
  it.each([
    ['info', 30, 5],
    ['warn', 40, 0],
  ])('has what is as grave as --log-level %s says, to the last line before its end', async (level, least, answered) => {
    const service = await startService(['--index', index, '--log-level', level]);
    for (let i = 0; i < 5; i++) expect((await service.send('POST', '/search', { text: 'hammer' })).status).toBe(200);
    expect(await service.end()).toBe(0);
    expect(service.log.filter(({ msg }) => msg === 'answered')).toHaveLength(answered);
    expect(service.log.filter(line => line.level < least)).toEqual([]);
  });
});
