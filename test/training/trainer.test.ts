import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelManifestSchema } from '../../models/manifest.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { type TrainingProgress, train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { artefactBytes } from './artefact-bytes.js';
import { makeData, smallConfig, stage, textConfig } from './fixture.js';

const tandem = '0.0.0';

describe('train', () => {
  it('learns: the loss falls, held-out queries find their documents, and says so while it goes', async () => {
    const folder = await temporaryFolder();
    const out = join(folder, 'model');
    const progress: TrainingProgress[] = [];
    const config = smallConfig({ training: { stages: [stage(6, 1), stage(6, 0.5)] } });
    const summary = await train({ data: makeData(), config, out, tandem, onProgress: p => progress.push(p) });
    // 6 epochs of 240 documents in batches of 32 are 45 steps
    expect(summary.steps).toBe(90);
    expect(progress.at(-1)).toMatchObject({ done: 90, total: 90, stage: 'labelled' });
    expect(progress.map(p => p.done)).toEqual(summary.log.map(row => row.step));
    const losses = summary.log.filter(row => row.stage === 'pseudo').map(row => row.loss!);
    expect(losses.at(-1)!).toBeLessThan(losses[0] / 2);
    // chance is .5; a query of two words fits one or two of the 240 documents in full
    expect(summary.metrics['ROC AUC']).toBeGreaterThan(0.9);
    expect(summary.metrics['nDCG@10']).toBeGreaterThan(0.3);
    expect(summary.log.filter(row => row.validation).at(-1)?.validation).toEqual(summary.metrics);
    expect(summary.examplesPerSecond).toBeCloseTo((90 * 32) / summary.seconds, 6);
    expect(await readdir(folder)).toEqual(['model']);
    const manifest = modelManifestSchema.parse(JSON.parse(await readFile(join(out, 'model.json'), 'utf8')));
    expect(manifest).toMatchObject({ tandem, metrics: summary.metrics, config: { seed: 3 } });
  });

  it('drops the channels without data, says which, and keeps the others', async () => {
    const out = join(await temporaryFolder(), 'model');
    const config = smallConfig({ training: { stages: [stage(0.5, 1)] } });
    const { droppedChannels } = await train({ data: makeData(), config, out, tandem });
    expect(droppedChannels).toEqual(['document.descriptionTrigram', 'document.descriptionWord']);
    const model = await loadModel(out);
    expect(model.config.towers.document).toEqual(['titleTrigram', 'titleWord']);
    await model.close();
  });

  it.each([
    ['the bag', smallConfig()],
    ['the text encoder', textConfig({ training: { stages: [stage(0.4, 1), stage(0.4, 0.5)] } })],
  ])('writes the same bytes twice with %s, and others with another seed', async (_, config) => {
    const folder = await temporaryFolder();
    const bytes = async (name: string, seed: number) => {
      const out = join(folder, name);
      await train({ data: makeData({ descriptions: true }), config: { ...config, seed }, out, tandem });
      return artefactBytes(out);
    };
    const first = await bytes('first', 1);
    expect(await bytes('second', 1)).toEqual(first);
    expect((await bytes('third', 2))['tables.safetensors']).not.toBe(first['tables.safetensors']);
  });

  it('trains on pseudo-queries alone where there are no pairs, and without validation', async () => {
    const out = join(await temporaryFolder(), 'model');
    const data = makeData({ pairs: false, validation: false });
    const { metrics, log, steps } = await train({ data, config: textConfig(), out, tandem });
    expect(steps).toBe(46);
    expect(metrics).toEqual({});
    expect(log.map(row => row.stage)).toEqual(['pseudo', 'labelled']);
    expect(log[1].loss!).toBeLessThan(log[0].loss!);
  });

  it('trains without figures where the judgements tell nothing apart', async () => {
    const out = join(await temporaryFolder(), 'model');
    const { validation, ...data } = makeData();
    const qrels = new Map([...validation!.qrels.keys()].map(id => [id, new Map([['d0', 0]])]));
    const config = smallConfig({ training: { stages: [stage(0.5, 1)] } });
    const { metrics } = await train({ data: { ...data, validation: { ...validation!, qrels } }, config, out, tandem });
    expect(metrics).toEqual({});
  });

  it.each([
    ['one document', makeData({ documents: 1 })],
    [
      'documents without a word, and no pairs',
      { ...makeData({ pairs: false }), documents: [1, 2].map(n => ({ id: `${n}`, title: '?' })) },
    ],
  ])('refuses %s', async (_, data) => {
    const folder = await temporaryFolder();
    const run = train({ data, config: smallConfig(), out: join(folder, 'model'), tandem });
    await expect(run).rejects.toMatchObject({ code: 'training/no-examples' });
    expect(await readdir(folder)).toEqual([]);
  });
});
