import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelState } from '../../models/model-state.js';
import { readEncoder, writeEncoder } from '../../models/pretrained/encoder-folder.js';
import { pretrainedParts } from '../../models/pretrained-parts.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { withEncoder } from '../../models/with-encoder.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { artefactBytes } from './artefact-bytes.js';
import { makeData } from './fixture.js';
import { importedConfig, makeEncoder } from './imported-fixture.js';

const data = makeData();

describe('training on an imported encoder', () => {
  it.each(['imported', 'importedBag'] as const)(
    'gives the same bytes whether or not it is interrupted: %s',
    async preset => {
      const folder = await temporaryFolder();
      const config = importedConfig(preset, await makeEncoder(folder, 1));
      const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
      const { steps, metrics } = await train({ data, config, out: whole, tandem: '' });
      // half an epoch of 240 documents in batches of 32, twice
      expect(steps).toBe(8);
      const stop = new Error('interrupted');
      for (const last of [2, 5]) {
        const onProgress = ({ done }: { done: number }): void => {
          if (done > last) throw stop;
        };
        const run = train({ data, config, out: broken, tandem: '', resume: last > 2, onProgress });
        await expect(run).rejects.toBe(stop);
      }
      expect((await train({ data, config, out: broken, tandem: '', resume: true })).metrics).toEqual(metrics);
      expect(await artefactBytes(broken)).toEqual(await artefactBytes(whole));
    },
    120_000,
  );

  it('goes on with the encoder alone that it began with', async () => {
    const folder = await temporaryFolder();
    const [first, second] = [await makeEncoder(folder, 1), await makeEncoder(folder, 2)];
    const out = join(folder, 'model');
    const stop = new Error('interrupted');
    const onProgress = ({ done }: { done: number }): void => {
      if (done > 2) throw stop;
    };
    await expect(train({ data, config: importedConfig('imported', first), out, tandem: '', onProgress })).rejects.toBe(
      stop,
    );
    const { shape, weights, token, position, tokenizer } = await readEncoder(second);
    await writeEncoder(first, { shape, weights, token, position, tokenizer }, '0');
    const resumed = train({ data, config: importedConfig('imported', first), out, tandem: '', resume: true });
    await expect(resumed).rejects.toMatchObject({ code: 'training/checkpoint-mismatch' });
  });

  it('begins where the encoder stands: at a rate near nothing the model stays what was imported', async () => {
    const folder = await temporaryFolder();
    const path = await makeEncoder(folder, 1);
    const embedded = async (pretrainedLearningRate: number): Promise<Float32Array> => {
      const out = join(folder, `model${pretrainedLearningRate}`);
      await train({ data, config: importedConfig('imported', path, { pretrainedLearningRate }), out, tandem: '' });
      const model = await loadModel(out, { threads: 1 });
      const titles = await model.embedDocuments(data.documents.slice(0, 5));
      await model.close();
      return titles;
    };
    const [still, hardly, moved] = [await embedded(1e-12), await embedded(1e-9), await embedded(1e-2)];
    const difference = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((x, i) => Math.abs(x - b[i])));
    expect(difference(still, hardly)).toBeLessThan(1e-5);
    expect(difference(still, moved)).toBeGreaterThan(1e-3);
  });

  it('gives each tower its own copy where they do not share it, and rows of its own to its positions', async () => {
    const encoder = await readEncoder(await makeEncoder(await temporaryFolder(), 1));
    const config = withEncoder(importedConfig('importedBag', 'given below'), encoder);
    const apart = { ...config, textEncoder: { ...config.textEncoder, shared: false } };
    const vocabulary = { countries: [], tokens: encoder.token.rows, maxQueryTokens: 5, maxDocumentTokens: 16 };
    const { dense, tables, pretrained } = createModelState(apart, vocabulary, pretrainedParts(apart, encoder));
    const [query, document] = ['query', 'document'].map(tower => dense[`${tower}.encoder.layer2.key.weight`].values);
    expect(query).toEqual(document);
    expect(query).toEqual(encoder.weights['layer2.key.weight'].values);
    expect(query.buffer).not.toBe(document.buffer);
    const positions = [tables['query.position']!, tables['document.position']!];
    expect(positions.map(({ rows }) => rows)).toEqual([5, 16]);
    for (const { values } of positions) expect(values).toEqual(encoder.position.values.slice(0, values.length));
    const own = ['query.text.weight', 'document.fusion.bias', 'trigram', 'word'];
    expect(own.filter(name => pretrained.has(name) || !(name in { ...dense, ...tables }))).toEqual([]);
    expect(['token', 'query.position', 'document.encoder.norm.scale'].every(name => pretrained.has(name))).toBe(true);
  });

  it('says which folder is no encoder', async () => {
    const folder = await temporaryFolder();
    const run = train({ data, config: importedConfig('imported', folder), out: join(folder, 'model'), tandem: '' });
    await expect(run).rejects.toMatchObject({ code: 'data/not-found' });
  });
});
