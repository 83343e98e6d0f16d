import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEncoder, writeEncoder } from '../../../models/pretrained/encoder-folder.js';
import { readHuggingFaceFolder } from '../../../models/pretrained/hugging-face-folder.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { presets } from '../../../src/config/presets.js';
import { type PretrainOptions, pretrain } from '../../../training/pretraining/pretrainer.js';
import { train } from '../../../training/trainer.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { writeHuggingFaceFolder } from '../../models/pretrained/hugging-face-folder.js';
import { makeData, smallConfig, stage } from '../fixture.js';
import { encoderBytes } from './encoder-bytes.js';
import { pairedTexts, patternConfig, translatedTexts } from './pattern.js';

const texts = pairedTexts(400);
const run = (out: string, more: Partial<PretrainOptions> = {}) =>
  pretrain({ texts, config: patternConfig(), out, tandem: '0', ...more });

/** 100 ideographs, where 80 tokens are wanted. */
const manySigns = Array.from({ length: 50 }, (_, i) => String.fromCodePoint(0x4e00 + 2 * i, 0x4e01 + 2 * i));

describe('pretrain', () => {
  it('learns which words stand together', async () => {
    const out = join(await temporaryFolder(), 'encoder');
    const { metrics, unigram, counts, log } = await run(out, { config: patternConfig({ epochs: 20 }) });
    // 16 words, equally frequent: always the same one is right once in 16. Who knows only where first and second words stand is
    // right once in 8; one word of six is masked, so that its partner says which it is.
    expect(unigram!.accuracy).toBeLessThan(0.15);
    expect(metrics.accuracy).toBeGreaterThan(0.5);
    // unigram loss: log 16 = 2.8, with the texts as they fell
    expect(Math.abs(unigram!.loss - Math.log(16))).toBeLessThan(0.1);
    expect(metrics.loss).toBeLessThan(Math.log(8));
    expect(metrics.perplexity).toBeCloseTo(Math.exp(metrics.loss), 6);
    const distinct = new Set(texts).size;
    expect(counts).toMatchObject({ texts: distinct, heldOut: Math.floor(0.1 * distinct), translations: 0 });
    expect(counts.windows).toBe(distinct - counts.heldOut);
    expect(log.at(-1)!.step).toBe(Math.ceil((20 * counts.windows) / 32));
  }, 120_000);

  it('reads one language by the other', async () => {
    const out = join(await temporaryFolder(), 'encoder');
    const config = patternConfig({ epochs: 40, validationShare: 0.2 });
    const { metrics, counts } = await run(out, { texts: [], translations: translatedTexts(300), config });
    // within one side nothing tells the eight words of a place apart
    expect(metrics.accuracy).toBeLessThan(0.3);
    expect(metrics['translation accuracy']).toBeGreaterThan(0.5);
    expect(counts.translations).toBeGreaterThan(0);
  }, 120_000);

  it('learns with a sample of a vocabulary too', async () => {
    const out = join(await temporaryFolder(), 'encoder');
    const config = patternConfig({ epochs: 20, softmaxTokens: 20 });
    const { metrics, counts } = await run(out, { config });
    expect(counts.vocabulary).toBeGreaterThan(20);
    expect(metrics.accuracy).toBeGreaterThan(0.5);
  }, 120_000);

  it('writes an encoder folder that towers are trained on', async () => {
    const folder = await temporaryFolder();
    const [out, model] = [join(folder, 'encoder'), join(folder, 'model')];
    await run(out, { config: patternConfig({ epochs: 1 }, { documentLayers: 2, pooling: 'cls' }) });
    expect((await readdir(folder)).sort()).toEqual(['encoder']);
    expect((await readdir(out)).sort()).toEqual(['encoder.json', 'encoder.safetensors', 'tokenizer.json']);
    const encoder = await readEncoder(out);
    expect(encoder.shape).toMatchObject({ layers: 2, width: 32, heads: 2, feedForward: 96, pooling: 'cls' });
    expect(encoder.position.rows).toBe(16);
    expect(Object.keys(encoder.weights).some(name => name.startsWith('maskedLm'))).toBe(false);
    expect(Object.keys(encoder.weights)).toHaveLength(2 * 16);
    const config = smallConfig({
      towers: presets.imported.towers,
      textEncoder: { ...presets.imported.textEncoder, import: out },
      training: { stages: [stage(0.5, 1)] },
    });
    await train({ data: makeData(), config, out: model, tandem: '0' });
    const loaded = await loadModel(model, { threads: 1 });
    const { embedding } = await loaded.embedQuery({ text: 'red hammer' });
    await loaded.close();
    expect(embedding).toHaveLength(32);
  }, 120_000);

  it('gives the same bytes twice, and others with another seed', async () => {
    const folder = await temporaryFolder();
    const config = patternConfig({ averaging: 0.9 }, { dropout: 0.1 });
    const bytes = async (name: string, seed: number) => {
      await run(join(folder, name), { config: { ...config, seed }, translations: translatedTexts(60) });
      return encoderBytes(join(folder, name));
    };
    const first = await bytes('a', 1);
    expect(await bytes('b', 1)).toEqual(first);
    expect(await bytes('c', 2)).not.toEqual(first);
  }, 120_000);

  it('goes on from an encoder, with its vocabulary and all its positions', async () => {
    const folder = await temporaryFolder();
    const [begun, further] = [join(folder, 'begun'), join(folder, 'further')];
    await run(begun, { config: patternConfig({ epochs: 1, maxTokens: 24 }) });
    const config = patternConfig({ epochs: 1 }, { import: begun, width: 64, maxDocumentTokens: 64 });
    await run(further, { texts: texts.slice(0, 100), config });
    const [a, b] = [await readEncoder(begun), await readEncoder(further)];
    expect(b.tokenizer).toBe(a.tokenizer);
    expect(b.shape).toEqual(a.shape);
    expect([b.position.rows, b.token.rows]).toEqual([24, a.token.rows]);
    expect(b.token.values).not.toEqual(a.token.values);
    expect(b.weights['layer0.query.weight'].values).not.toEqual(a.weights['layer0.query.weight'].values);
  }, 120_000);

  it.each(['bert', 'xlm-roberta'] as const)(
    'goes on from an imported encoder: %s',
    async family => {
      const folder = await temporaryFolder();
      const [source, begun, further] = ['source', 'begun', 'further'].map(name => join(folder, name));
      await writeHuggingFaceFolder(source, { family });
      await writeEncoder(begun, await readHuggingFaceFolder(source), '0');
      // that of XLM-R has no mask token: the row for it is not written
      expect((await loadTokenizer((await readEncoder(begun)).tokenizer)).maskId).toBe(
        family === 'bert' ? 4 : undefined,
      );
      const words = ['red', 'garden', 'hose', 'of', 'a'];
      const given = words.flatMap(a => words.flatMap(b => words.map(c => `${a} ${b} ${c}`)));
      const config = patternConfig({ epochs: 2, softmaxTokens: 16, freshLayers: 1 }, { import: begun });
      const { metrics } = await run(further, { texts: given, config });
      expect(Number.isFinite(metrics.loss)).toBe(true);
      const [a, b] = [await readEncoder(begun), await readEncoder(further)];
      expect([b.shape, b.tokenizer]).toEqual([a.shape, a.tokenizer]);
      expect([b.token.rows, b.position.rows]).toEqual([a.token.rows, a.position.rows]);
      expect(Object.keys(b.weights).sort()).toEqual(Object.keys(a.weights).sort());
      for (const name of Object.keys(a.weights)) expect(b.weights[name].shape).toEqual(a.weights[name].shape);
      // the last of three layers is written as it began, for towers to learn it anew
      const moved = (name: string): boolean => b.weights[name].values.some((x, i) => x !== a.weights[name].values[i]);
      for (const part of ['query.weight', 'out.weight', 'feedForward2.bias', 'norm2.scale']) {
        expect(
          [0, 1, 2].map(layer => moved(`layer${layer}.${part}`)),
          part,
        ).toEqual([true, true, false]);
      }
    },
    120_000,
  );

  it.each([
    ['no text', { texts: [] }, 'training/no-texts'],
    ['a single text', { texts: ['red hammer'] }, 'training/no-texts'],
    ['texts without a word', { texts: [' ', '\t'] }, 'data/empty'],
    ['more characters than the vocabulary holds', { texts: manySigns }, 'config/bad-value'],
    ['an encoder that is not there', { config: patternConfig({}, { import: 'nowhere' }) }, 'data/not-found'],
    [
      'an engine that is not there',
      { config: patternConfig({}, {}, { provider: 'cuda' }) },
      'training/provider-missing',
    ],
  ])('refuses %s and writes nothing', async (_, more: Partial<PretrainOptions>, code) => {
    const folder = await temporaryFolder();
    await expect(run(join(folder, 'encoder'), more)).rejects.toMatchObject({ code });
    expect(await readdir(folder)).not.toContain('encoder');
  });

  it('stops where the loss is no number any more, and keeps the last checkpoint', async () => {
    const folder = await temporaryFolder();
    const begun = join(folder, 'begun');
    await run(begun, { config: patternConfig({ epochs: 1 }) });
    const { id: _, ...encoder } = await readEncoder(begun);
    encoder.weights['layer0.value.weight'].values.fill(Number.NaN);
    await writeEncoder(begun, encoder, '0');
    const further = run(join(folder, 'further'), { config: patternConfig({}, { import: begun }) });
    await expect(further).rejects.toMatchObject({ code: 'training/diverged', details: { step: 0 } });
    expect((await readdir(folder)).sort()).toEqual(['begun', 'further.training']);
  });

  it('refuses longer windows than an encoder has positions for', async () => {
    const folder = await temporaryFolder();
    const begun = join(folder, 'begun');
    await run(begun, { config: patternConfig({ epochs: 1 }) });
    const before = await readFile(join(begun, 'encoder.json'), 'utf8');
    const config = patternConfig({ maxTokens: 17 }, { import: begun });
    await expect(run(begun, { config })).rejects.toMatchObject({
      code: 'config/bad-value',
      message: 'pretraining.maxTokens: the encoder reads at most 16 tokens, got 17',
    });
    expect(await readFile(join(begun, 'encoder.json'), 'utf8')).toBe(before);
  });
});
