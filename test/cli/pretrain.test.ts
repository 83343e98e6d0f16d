import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../data/prepare.js';
import { readEncoder } from '../../models/pretrained/encoder-folder.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { jsonLines, smallDocuments, smallPairs } from '../small-model.js';
import { pairedTexts, translatedTexts } from '../training/pretraining/pattern.js';
import { runTandem } from './run-tandem.js';

const small = [
  'textEncoder.vocabularySize=90',
  'textEncoder.width=16',
  'textEncoder.heads=2',
  'training.threads=1',
  'pretraining.batchSize=16',
  'pretraining.epochs=1',
  'pretraining.validationShare=0.1',
].flatMap(key => ['--set', key]);

const pretrain = (...words: string[]) => runTandem(['pretrain', ...small, ...words]);

describe('tandem pretrain', () => {
  it('reads prepared data, files of texts and translations, and writes an encoder with its report', async () => {
    const folder = await temporaryFolder();
    const at = (name: string): string => join(folder, name);
    const documents = smallDocuments(60);
    await writeFile(at('documents.jsonl'), jsonLines(documents));
    await writeFile(at('pairs.jsonl'), jsonLines(smallPairs(documents)));
    const shares = { train: 0.8, validation: 0.1, test: 0.1 };
    await prepare({ documents: at('documents.jsonl'), pairs: at('pairs.jsonl'), out: at('data'), shares, seed: 1 });
    await writeFile(at('texts.jsonl'), jsonLines(pairedTexts(40).map(text => ({ text }))));
    await writeFile(at('translations.jsonl'), jsonLines(translatedTexts(30)));
    const sources = ['--data', at('data'), '--texts', at('texts.jsonl'), '--translations', at('translations.jsonl')];
    const { exit, out, error } = await pretrain(...sources, '--out', at('encoder'), '--json');
    expect(error).toMatch(/pretraining: \d+ of \d+ steps, .*; loss \d/);
    expect(exit).toBe(0);
    const { metrics, counts, encoder, report } = JSON.parse(out);
    expect(encoder).toBe(at('encoder'));
    expect(Object.keys(metrics.validation)).toEqual([
      'loss',
      'perplexity',
      'accuracy',
      'translation loss',
      'translation accuracy',
    ]);
    expect(metrics.unigram.loss).toBeGreaterThan(0);
    // titles, descriptions and training queries; what was given twice counts once
    const pairs = (await readFile(join(at('data'), 'pairs.train.jsonl'), 'utf8')).trimEnd().split('\n');
    const given = new Set([
      ...documents.flatMap(({ title, description }) => [title, description]),
      ...pairs.map(line => JSON.parse(line).query),
      ...pairedTexts(40),
      ...translatedTexts(30).flatMap(({ source, target }) => [source, target]),
    ]);
    expect(counts.texts).toBe(given.size);
    expect((await readEncoder(at('encoder'))).shape).toMatchObject({ width: 16, layers: 1 });
    expect(await readFile(report, 'utf8')).toContain('Masked accuracy');
  }, 120_000);

  it('says for people what was read and what came out', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'texts.csv'), `text\n${pairedTexts(60).join('\n')}\n`);
    const { exit, out } = await pretrain('--texts', join(folder, 'texts.csv'), '--out', join(folder, 'encoder'));
    expect(exit).toBe(0);
    expect(out).toMatch(/encoder: \d+ steps in/);
    expect(out).toMatch(/held out: loss [\d.]+, perplexity [\d.]+, accuracy [\d.]+; by frequency alone: loss/);
  }, 120_000);

  it.each([
    ['nothing to read', [], 2, 'usage/missing-option'],
    ['a file that is not there', ['--texts', 'nowhere.jsonl'], 1, 'data/not-found'],
    ['a folder that was not prepared', ['--data', 'nowhere'], 1, 'data/not-prepared'],
    ['translations that are not there', ['--translations', 'nowhere.csv'], 1, 'data/not-found'],
    ['an unknown key', ['--texts', 'nowhere.jsonl', '--set', 'pretraining.mask=1'], 2, 'config/unknown-key'],
    ['a share out of bounds', ['--texts', 'nowhere.jsonl', '--set', 'pretraining.maskShare=1'], 2, 'config/bad-value'],
  ])('refuses %s and writes nothing', async (_, words, exit, code) => {
    const folder = await temporaryFolder();
    const result = await pretrain(...words, '--out', join(folder, 'encoder'));
    expect(result).toMatchObject({ exit, error: expect.stringContaining(code) });
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the line of a row that cannot be used', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'texts.jsonl'), '{"text":"red hammer"}\n{"words":"green ladder"}\n');
    const result = await pretrain('--texts', join(folder, 'texts.jsonl'), '--out', join(folder, 'encoder'));
    expect(result).toMatchObject({ exit: 1, error: expect.stringMatching(/data\/malformed-row.*line 2/) });
    expect(await readdir(folder)).toEqual(['texts.jsonl']);
  });
});
