import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { damageFiles } from './damages.js';

const trials = Number(process.env.CHAOS_DAMAGES ?? 2_000);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);

it(`finds the damage in ${trials} damaged files, or answers as before`, async () => {
  console.log(`CHAOS_DAMAGES=${trials} CHAOS_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-damage-'));
  const tally = await damageFiles(join(folder, 'index'), trials, seed);
  console.log(JSON.stringify(tally));
  expect(tally.found).toBeGreaterThan(trials / 2);
  await rm(folder, { recursive: true }); // kept when something failed, to be looked at
});
