import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHostile } from './hostile.js';

const queries = Number(process.env.HOSTILE_QUERIES ?? 10_000);
const documents = Number(process.env.HOSTILE_DOCUMENTS ?? 2_000);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);

it(`answers ${queries} hostile queries and ${documents} hostile documents, or refuses them, and changes nothing`, async () => {
  console.log(`HOSTILE_QUERIES=${queries} HOSTILE_DOCUMENTS=${documents} CHAOS_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-hostile-'));
  const report = await runHostile(join(folder, 'index'), seed, queries, documents);
  console.log(JSON.stringify(report, null, 1));
  expect(report.faults).toEqual([]);
  await rm(folder, { recursive: true });
});
