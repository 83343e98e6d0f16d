import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killWriters } from './kills.js';

const kills = Number(process.env.CHAOS_KILLS ?? 200);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);

it(`keeps everything acknowledged through ${kills} kills`, async () => {
  console.log(`CHAOS_KILLS=${kills} CHAOS_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-chaos-'));
  const tally = await killWriters(join(folder, 'index'), kills, seed);
  console.log(JSON.stringify(tally));
  expect(tally.acknowledged).toBeGreaterThan(kills);
  await rm(folder, { recursive: true }); // kept when something failed, to be looked at
});
