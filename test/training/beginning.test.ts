import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import type { Config } from '../../src/config/schema.js';
import { type TrainOptions, train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { artefactBytes } from './artefact-bytes.js';
import { fieldChannels, fixtureImages, makeData, smallConfig, stage, textConfig } from './fixture.js';
import { importedConfig, makeEncoder } from './imported-fixture.js';

const data = makeData({ fields: true });

/** A run so slow that the model stays what it was. */
const still = { learningRate: 1e-12, pretrainedLearningRate: 1e-12, stages: [stage(0.5, 0.5)] };

async function embedded(folder: string, pictured: boolean): Promise<Float32Array> {
  const images = { width: 6, vectorsOf: async () => fixtureImages };
  const model = await loadModel(folder, { threads: 1, ...(pictured && { images }) });
  const queries = await model.embedQueries([{ text: 'teal ladder' }, { text: 'unheard of' }]);
  const documents = await model.embedDocuments(data.documents.slice(0, 20));
  await model.close();
  return Float32Array.of(...queries, ...documents);
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

const cases: [string, (folder: string) => Promise<Config> | Config, TrainOptions['images']][] = [
  ['trigrams and words', () => smallConfig(), undefined],
  ['a text encoder', () => textConfig(), undefined],
  ['an imported encoder', async folder => importedConfig('importedBag', await makeEncoder(folder, 1)), undefined],
  ['images and attributes', () => smallConfig({ towers: { document: fieldChannels } }), fixtureImages],
];

describe('training that goes on from a model', () => {
  it.each(cases)('begins where the model stands, whatever towers are asked for: %s', async (_, configOf, images) => {
    const folder = await temporaryFolder();
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const before = await train({ data, images, config: await configOf(folder), out: first, tandem: '' });
    const config = smallConfig({ towers: { embeddingWidth: 48 }, training: { ...still, from: first } });
    const after = await train({ data, images, config, out: second, tandem: '' });
    const pictured = images !== undefined;
    expect(largestDifference(await embedded(first, pictured), await embedded(second, pictured))).toBeLessThan(1e-5);
    for (const [figure, value] of Object.entries(after.metrics)) expect(value).toBeCloseTo(before.metrics[figure], 3);
  });

  it('learns on, on other documents too, and gives the same bytes twice', async () => {
    const folder = await temporaryFolder();
    const first = join(folder, 'first');
    const short = { stages: [stage(2, 1)] };
    const { metrics } = await train({
      data: makeData({ documents: 120 }),
      config: smallConfig({ training: short }),
      out: first,
      tandem: '',
    });
    const config = smallConfig({ training: { from: first, stages: [stage(8, 0.5)] } });
    const runs = [];
    for (const out of ['second', 'third']) runs.push(await train({ data, config, out: join(folder, out), tandem: '' }));
    expect(runs[0].metrics['ROC AUC']).toBeGreaterThan(metrics['ROC AUC']);
    expect(await artefactBytes(join(folder, 'second'))).toEqual(await artefactBytes(join(folder, 'third')));
  });

  it('trains what was imported at the rate of imported parts', async () => {
    const folder = await temporaryFolder();
    const first = join(folder, 'first');
    await train({ data, config: importedConfig('imported', await makeEncoder(folder, 1)), out: first, tandem: '' });
    const differences: number[] = [];
    for (const pretrainedLearningRate of [1e-12, 1e-2]) {
      const out = join(folder, `next${pretrainedLearningRate}`);
      const training = { ...still, learningRate: 1e-2, pretrainedLearningRate, from: first };
      await train({ data, config: smallConfig({ training }), out, tandem: '' });
      differences.push(largestDifference(await embedded(first, false), await embedded(out, false)));
    }
    expect(differences[0]).toBeLessThan(1e-5);
    expect(differences[1]).toBeGreaterThan(1e-3);
  });

  it('goes on after an interruption with the same model alone', async () => {
    const folder = await temporaryFolder();
    const [first, out] = [join(folder, 'first'), join(folder, 'model')];
    await train({ data, config: smallConfig(), out: first, tandem: '' });
    const config = smallConfig({ training: { from: first, checkpointSeconds: 1e-6 } });
    const stop = new Error('interrupted');
    const onProgress = ({ done }: { done: number }): void => {
      if (done > 2) throw stop;
    };
    await expect(train({ data, config, out, tandem: '', onProgress })).rejects.toBe(stop);
    await train({ data, config: { ...smallConfig(), seed: 9 }, out: first, tandem: '' });
    const resumed = train({ data, config, out, tandem: '', resume: true });
    await expect(resumed).rejects.toMatchObject({ code: 'training/checkpoint-mismatch' });
  });

  it('refuses what is no model, an altered one, and images that the model does not know', async () => {
    const folder = await temporaryFolder();
    const [first, out] = [join(folder, 'first'), join(folder, 'model')];
    const goOn = (images?: TrainOptions['images'], from = first) =>
      train({ data, images, config: smallConfig({ training: { from } }), out, tandem: '' });
    await expect(goOn(undefined, folder)).rejects.toMatchObject({ code: 'data/not-found' });
    await train({ data, config: smallConfig(), out: first, tandem: '' });
    await expect(goOn(fixtureImages)).rejects.toMatchObject({ code: 'model/other-images' });
    const path = join(first, 'query.onnx');
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(path, bytes);
    await expect(goOn()).rejects.toMatchObject({ code: 'model/damaged' });
  });
});
