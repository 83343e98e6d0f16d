import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fightOver } from './fights.js';

const fights = Number(process.env.CHAOS_FIGHTS ?? 200);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);

it(`keeps everything acknowledged through ${fights} fights over one index`, async () => {
  console.log(`CHAOS_FIGHTS=${fights} CHAOS_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-fight-'));
  const tally = await fightOver(folder, fights, seed);
  console.log(JSON.stringify(tally, null, 1));
  expect(tally.acknowledged).toBeGreaterThan(fights);
  await rm(folder, { recursive: true }); // kept when something failed, to be looked at
});
