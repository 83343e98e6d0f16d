import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig, readConfig } from '../../src/api/project/read-config.js';
import { presetNames, presets } from '../../src/config/presets.js';
import { configSchema } from '../../src/config/schema.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const set = (...assignments: string[]) => readConfig({ set: assignments });

describe('readConfig', () => {
  it('is the defaults when nothing is given', async () => {
    expect(await readConfig({})).toEqual(configSchema.parse({}));
  });

  it('lets the file win over the preset, --set over the file, and the last --set over the first', async () => {
    const config = await file('a.json', '{ "seed": 2, "training": { "batchSize": 64, "scale": 15 } }');
    const read = await readConfig({ config, preset: 'text', set: ['training.scale=16', 'training.scale=17'] });
    expect(read.seed).toBe(2);
    expect(read.training).toMatchObject({ batchSize: 64, scale: 17, learningRate: 1e-3 });
    expect(read.towers.query).toEqual(['trigram', 'word', 'text']);
  });

  it('reads JSON values, and text without quotes', async () => {
    expect((await set('towers.query=["word"]')).towers.query).toEqual(['word']);
    expect((await set('towers.fusion=concat')).towers.fusion).toBe('concat');
    expect((await set('indexing.fieldWeights.title=3')).indexing.fieldWeights).toEqual({ title: 3 });
  });

  it.each([
    ['training.learningRat=1', 'config/unknown-key', '"training.learningRat" (did you mean "learningRate"?)'],
    ['trainin.scale=1', 'config/unknown-key', '"trainin" (did you mean "training"?)'],
    ['textEncoder.maxQueryToken=9', 'config/unknown-key', '(did you mean "maxQueryTokens"?)'],
    ['training.stages=[{"nam":"x","epochs":1,"pseudoShare":1}]', 'config/bad-value', 'training.stages.0'],
    [
      'training.stages=[{"name":"x","epochs":1,"pseudoShare":1,"final":1}]',
      'config/unknown-key',
      '"training.stages.0.final"',
    ],
    ['training.batchSize=1', 'config/bad-value', 'training.batchSize: '],
    ['training.batchSize="64"', 'config/bad-value', 'training.batchSize: '],
    ['towers.query=["word","word"]', 'config/bad-value', 'a channel may stand once'],
    ['training=5', 'config/bad-value', 'training: '],
    ['seed', 'config/bad-value', 'expected key=value'],
    ['=5', 'config/bad-value', 'expected key=value'],
    ['__proto__.polluted=1', 'config/unknown-key', '__proto__'],
    ['training.__proto__.polluted=1', 'config/unknown-key', '__proto__'],
  ])('refuses %s with %s', async (assignment, code, message) => {
    const failure = await set(assignment).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).toContain(message);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    ['[]', 'config/bad-value', 'one JSON object'],
    ['{', 'config/bad-value', 'not JSON'],
    ['{"sed":1}', 'config/unknown-key', '(did you mean "seed"?)'],
  ])('refuses a file that holds %s', async (content, code, message) => {
    const failure = await readConfig({ config: await file('bad.json', content) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).toContain(message);
  });

  it('names a file that is not there, and a preset that is none', async () => {
    await expect(readConfig({ config: join(folder, 'none.json') })).rejects.toMatchObject({ code: 'data/not-found' });
    const failure = await readConfig({ preset: 'txt' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'config/bad-value' });
    expect(String(failure)).toContain('no preset "txt" (did you mean "text"?); there are default, text');
  });

  it.each(presetNames)('the preset %s is a valid configuration', name => {
    expect(() => parseConfig(presets[name])).not.toThrow();
  });
});
