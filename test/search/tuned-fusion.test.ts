import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { readManifest, writeManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { readFusionCurve, setFusionWeight, storeFusionWeight, whileClaimed } from '../../src/search/tuned-fusion.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { indexing } from './fixture.js';
import { tunedTo } from './tuned-fixture.js';

const fusion = tunedTo(0.35);
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

describe('setFusionWeight', () => {
  it('changes the weight alone; a curve of another weight is passed over from then on', async () => {
    await build();
    const tuned = await storeFusionWeight(out, fusion);
    expect(await setFusionWeight(out, 0.2)).toEqual({ ...tuned, indexing: { ...tuned.indexing, fusionWeight: 0.2 } });
    expect(await readManifest(out)).toMatchObject({ indexing: { fusionWeight: 0.2 } });
    expect(await readFusionCurve(out)).toBeUndefined();
  });

  it('refuses a weight outside [0, 1] and changes nothing', async () => {
    await build();
    const manifest = await readFile(join(out, 'manifest.json'));
    await expect(setFusionWeight(out, -0.1)).rejects.toThrow();
    expect(await readFile(join(out, 'manifest.json'))).toEqual(manifest);
  });
});

describe('whileClaimed', () => {
  it('keeps others from writing while it lasts, and not longer', async () => {
    await build();
    await whileClaimed(out, async () => {
      await expect(openWritableIndex(out)).rejects.toMatchObject({ code: 'index/locked' });
    });
    const writer = await openWritableIndex(out);
    await expect(whileClaimed(out, async () => expect.unreachable())).rejects.toMatchObject({ code: 'index/locked' });
    await writer.close();
    await expect(whileClaimed(out, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await whileClaimed(out, async () => 'free')).toBe('free');
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
    const curve = fusion.curve.map(({ weight, score }) => ({ weight, score }));
    const old = { weight: fusion.weight, score: fusion.score, curve };
    await writeFile(path, JSON.stringify(old));
    expect(await readFusionCurve(out)).toEqual({ ...old, on: 'judged' });
    const newer = { ...old, on: 'known-item', lead: { mean: 0.1, low: 0.05, high: 0.15 } };
    await writeFile(path, JSON.stringify(newer));
    expect(await readFusionCurve(out)).toEqual(newer);
  });
});
