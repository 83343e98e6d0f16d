import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { killWriters } from '../chaos/kills.js';

/** The short form of test/chaos, with one seed; `npm run test:chaos` kills 200 times with another seed each time. */
const kills = 10;
const seed = 4;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('keeps everything acknowledged when the writer is killed, and finds damaged files', {
  timeout: 600_000,
}, async () => {
  const tally = await killWriters(join(folder, 'index'), kills, seed);
  expect(tally).toMatchObject({ kills, damagedFiles: 2 });
  expect(tally.acknowledged).toBeGreaterThan(0);
});
