import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type HostileSeeds, runHostile, seedsFrom } from './hostile.js';

const queries = Number(process.env.HOSTILE_QUERIES ?? 10_000);
const documents = Number(process.env.HOSTILE_DOCUMENTS ?? 2_000);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
/** Seeds of what went wrong once; `npm test` sends these again too. */
const keptSeeds = new URL('hostile-seeds.json', import.meta.url);

it(`answers ${queries} hostile queries and ${documents} hostile documents, or refuses them, and changes nothing`, async () => {
  console.log(`HOSTILE_QUERIES=${queries} HOSTILE_DOCUMENTS=${documents} CHAOS_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-hostile-'));
  const seeds = { query: seedsFrom(seed, queries), document: seedsFrom(seed, documents) };
  const report = await runHostile(join(folder, 'index'), seeds);
  console.log(JSON.stringify(report, null, 1));
  const kept = JSON.parse(await readFile(keptSeeds, 'utf8')) as HostileSeeds;
  const withFaults = (kind: keyof HostileSeeds): number[] => [
    ...new Set([...kept[kind], ...report.faults.filter(fault => fault.kind === kind).map(fault => fault.seed)]),
  ];
  if (report.faults.length > 0)
    await writeFile(keptSeeds, `${JSON.stringify({ query: withFaults('query'), document: withFaults('document') })}\n`);
  expect(report.faults).toEqual([]);
  await rm(folder, { recursive: true });
});
