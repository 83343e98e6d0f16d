import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fightOver } from '../chaos/fights.js';

/** A short form of test/chaos/fight.test.ts: every deed once. */
it('keeps everything acknowledged while writers, commands and hands fight over one index', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-fight-'));
  const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
  console.log(`CHAOS_SEED=${seed}`);
  const tally = await fightOver(folder, 12, seed);
  expect(tally.acknowledged).toBeGreaterThan(12);
  await rm(folder, { recursive: true });
});
