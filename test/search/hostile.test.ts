import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHostile } from '../chaos/hostile.js';

/** The short form of `npm run test:chaos`. */
const queries = 1_000;
const documents = 100;

it('answers what a stranger could send, or refuses it by a documented error, and changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-hostile-'));
  const report = await runHostile(join(folder, 'index'), Date.now() % 2 ** 31, queries, documents);
  console.log(`seed ${report.seed}, ${JSON.stringify(report.answers)}`);
  expect(report.faults).toEqual([]);
  // most of it must reach the search: a test that only ever meets the schema proves little
  expect(report.answers['200']).toBeGreaterThan(queries / 3);
  await rm(folder, { recursive: true });
});
