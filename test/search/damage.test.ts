import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { damageFiles } from '../chaos/damages.js';

/** The short form of test/chaos/damage.test.ts, with one seed. */
const trials = 200;
const seed = 11;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-damage-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('finds and names damage in every file of an index, or answers as before; what is derived is mended', {
  timeout: 600_000,
}, async () => {
  const { files, repaired } = await damageFiles(join(folder, 'index'), trials, seed);
  for (const file of [
    'manifest.json',
    'fusion.json',
    'documents/data.mdb',
    'tokens/tokens.bin',
    'vectors/vectors.graph',
  ])
    expect(files[file]?.found, file).toBeGreaterThan(0);
  expect(repaired).toBeGreaterThan(0);
});
