import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type HostileSeeds, runHostile, seedsFrom } from '../chaos/hostile.js';
import { seed } from '../seed.js';

/** The short form of `npm run test:chaos`. */
const queries = 1_000;
const documents = 100;

it('answers what a stranger could send, or refuses it by a documented error, in bounded work, and changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-hostile-'));
  const kept = JSON.parse(
    await readFile(new URL('../chaos/hostile-seeds.json', import.meta.url), 'utf8'),
  ) as HostileSeeds;
  const seeds = {
    query: [...kept.query, ...seedsFrom(seed, queries)],
    document: [...kept.document, ...seedsFrom(seed, documents)],
  };
  const report = await runHostile(join(folder, 'index'), seeds);
  console.log(`seed ${seed}, ${JSON.stringify(report.answers)}, work ${JSON.stringify(report.work)}`);
  expect(report.faults).toEqual([]);
  // most of it must reach the search: a test that only ever meets the schema proves little
  expect(report.answers['200']).toBeGreaterThan(queries / 3);
  await rm(folder, { recursive: true });
});
