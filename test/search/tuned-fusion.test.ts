import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { writeManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { readFusionCurve, storeFusionWeight } from '../../src/search/tuned-fusion.js';
import { indexing } from './fixture.js';

const fusion = {
  on: 'judged' as const,
  lead: { mean: 0.1, low: 0.05, high: 0.15 },
  weight: 0.35,
  score: 0.6,
  curve: [
    { weight: 0, score: 0.5 },
    { weight: 0.35, score: 0.6 },
  ],
};
let folder: string;
let out: string;
const build = () => buildIndex({ documents: [{ id: 'a', title: 'a lamp' }], indexing: indexing(), out });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-fusion-'));
  out = join(folder, 'index');
});
afterEach(() => rm(folder, { recursive: true }));

describe('storeFusionWeight', () => {
  it('changes the weight that later searches use and keeps the curve, and nothing else', async () => {
    const before = await build();
    expect(await readFusionCurve(out)).toBeUndefined();
    await storeFusionWeight(out, fusion);
    const index = await openIndex(out);
    expect(index.manifest).toEqual({
      ...before,
      tuned: true,
      indexing: { ...before.indexing, fusionWeight: 0.35 },
    });
    await index.close();
    expect(await readFusionCurve(out)).toEqual(fusion);
  });

  it('refuses a weight outside [0, 1] and changes nothing', async () => {
    await build();
    const manifest = await readFile(join(out, 'manifest.json'));
    await expect(storeFusionWeight(out, { ...fusion, weight: 2 })).rejects.toThrow();
    expect(await readFile(join(out, 'manifest.json'))).toEqual(manifest);
    expect(await readFusionCurve(out)).toBeUndefined();
  });
});

describe('readFusionCurve', () => {
  it('passes over a curve of another weight than the one that is used', async () => {
    await build();
    const manifest = await storeFusionWeight(out, fusion);
    await writeManifest(out, { ...manifest, indexing: { ...manifest.indexing, fusionWeight: 0.5 } });
    expect(await readFusionCurve(out)).toBeUndefined();
  });

  it('is gone with the index that it was tuned on', async () => {
    await build();
    await storeFusionWeight(out, fusion);
    await build();
    expect(await readFusionCurve(out)).toBeUndefined();
  });

  it.each(['{', '{"weight":0.35}'])('says that %j is no curve', async text => {
    await build();
    await writeFile(join(out, 'fusion.json'), text);
    await expect(readFusionCurve(out)).rejects.toMatchObject({ code: 'index/damaged' });
  });

  it('says that a curve is missing or altered where the index was tuned', async () => {
    await build();
    await storeFusionWeight(out, fusion);
    const path = join(out, 'fusion.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('0.6', '0.7'));
    await expect(readFusionCurve(out)).rejects.toMatchObject({ code: 'index/damaged' });
    await rm(path);
    await expect(readFusionCurve(out)).rejects.toMatchObject({ message: `${path}: missing` });
    // as it was written before there were checksums
    const { on: _, lead: __, ...old } = fusion;
    await writeFile(path, JSON.stringify(old));
    expect(await readFusionCurve(out)).toEqual({ ...old, on: 'judged' });
  });
});
