import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAblation } from '../../src/api/training/read-ablation.js';
import { configSchema } from '../../src/config/schema.js';
import { narrow, trainSmallModel } from '../small-model.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);

const variants = [
  { name: 'words alone', set: { 'towers.query': ['word'], 'towers.document': ['titleWord'] } },
  { name: 'as it begins', set: { 'training.learningRate': 1e-9 } },
];

async function file(content: unknown): Promise<string> {
  const path = at('ablation.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const ablate = async (content: unknown, out: string, ...words: string[]) =>
  runTandem(['ablate', '--data', at('data'), '--config', await file(content), '--out', at(out), ...words]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-ablate-'));
  await trainSmallModel(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of a report, times left out. */
async function withoutTimes(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return text.replace(/"seconds": [\d.e-]+/g, '').replace(/<td class="number">\d+<\/td><\/tr>/g, '');
}

describe('tandem ablate', () => {
  it('trains the rows, prints their table and writes the report', async () => {
    const ended = await ablate({ config: narrow, seeds: [1, 2], variants }, 'out', '--json');
    expect(ended.exit, ended.error).toBe(0);
    const json = JSON.parse(ended.out);
    expect(json).toMatchObject({ figure: 'nDCG@10', split: 'validation', trained: 6, report: at('out/report.html') });
    expect(Object.keys(json.metrics)).toEqual(['base', 'words alone', 'as it begins']);
    expect(Object.keys(json.metrics.base)).toEqual([
      ...['nDCG@10', 'MRR@10', 'Recall@10', 'Recall@100', 'condensed.nDCG@10', 'judged@10', 'ROC AUC'],
    ]);
    expect(Object.keys(json.differences)).toEqual(['words alone', 'as it begins']);
    for (const [name, { difference, interval, p }] of Object.entries<{
      difference: number;
      interval: [number, number];
      p: number;
    }>(json.differences)) {
      expect(difference).toBeCloseTo(json.metrics[name]['nDCG@10'] - json.metrics.base['nDCG@10'], 9);
      expect(interval[0]).toBeLessThanOrEqual(difference);
      expect(interval[1]).toBeGreaterThanOrEqual(difference);
      expect(p).toBeGreaterThan(0);
    }
    expect(json.splits.validation).toEqual({ metrics: json.metrics, differences: json.differences });
    expect(Object.keys(json.splits)).toEqual(['validation', 'test']);
    expect(json.seconds.base).toBeTypeOf('number');
    expect((await readdir(at('out'))).sort()).toEqual(['report.html', 'report.json', 'report.svg', 'runs']);
    expect(await readFile(at('out/report.svg'), 'utf8')).toMatch(/^<svg /);

    const forPeople = await ablate({ config: narrow, seeds: [1, 2], variants }, 'out', '--split', 'test', '--force');
    expect(forPeople.out).toMatch(/^test, \d+ queries, seeds 1 2\n/);
    expect(forPeople.out).toMatch(/^words alone +0\.\d{4} /m);
    expect(forPeople.out).toContain(`report: ${at('out/report.html')}`);
    expect(forPeople.out).not.toContain('validation');
    expect(JSON.parse(await readFile(at('out/report.json'), 'utf8')).splits).toHaveLength(1);

    const fused = JSON.parse(
      (await ablate({ config: narrow, seeds: [1, 2], variants }, 'out', '--hybrid', '--json', '--force')).out,
    );
    expect(fused.trained).toBe(0);
    for (const figures of Object.values<Record<string, number>>(fused.splits.validation.metrics)) {
      // a weight of 1 would be the vectors alone: the best weight is no worse
      expect(figures['hybrid.nDCG@10']).toBeGreaterThanOrEqual(figures['nDCG@10'] - 1e-9);
      expect(figures['hybrid weight']).toBeGreaterThanOrEqual(0);
    }
    expect(fused.metrics.base['nDCG@10']).toBe(json.metrics.base['nDCG@10']);
    expect((await readdir(at('out/runs'))).filter(name => !name.endsWith('.json'))).toEqual([]);
  });

  it('gives the same report for the same seed, but for the times', async () => {
    const plan = { config: narrow, seeds: [3], variants: variants.slice(0, 1) };
    await ablate(plan, 'first');
    await ablate(plan, 'second');
    for (const name of ['report.json', 'report.html', 'report.svg']) {
      expect(await withoutTimes(at(`second/${name}`)), name).toBe(await withoutTimes(at(`first/${name}`)));
    }
    expect(await readFile(at('first/report.svg'))).toEqual(await readFile(at('second/report.svg')));
  });

  it('leaves out one channel after the other when the file is a configuration', async () => {
    const ended = await ablate(narrow, 'channels', '--json', '--set', 'towers.document=["titleWord","country"]');
    const { metrics, splits } = JSON.parse(ended.out);
    expect(Object.keys(metrics)).toEqual([
      'base',
      'without query.trigram',
      'without query.word',
      'without document.titleWord',
      'without document.country',
      'fusion concat',
    ]);
    expect(Object.keys(splits)).toEqual(['validation', 'test']);
  });

  it('refuses what cannot be measured, before it writes anything', async () => {
    await rm(at('out-none'), { recursive: true, force: true });
    const refused = async (content: unknown, ...words: string[]) => {
      const { exit, error } = await ablate(content, 'out-none', ...words);
      expect(await readdir(folder)).not.toContain('out-none');
      return [exit, error];
    };
    expect(await refused({ config: narrow, variants }, '--split', 'both', '--relevance-level', '0')).toEqual([
      2,
      expect.stringContaining('usage/bad-value: --relevance-level'),
    ]);
    expect(await refused({ config: narrow, variants }, '--split', 'train')).toEqual([
      2,
      expect.stringContaining('expected validation, test or both'),
    ]);
    const seventh = { name: 'seventh', set: { 'training.learningRat': 1 } };
    const others = Array.from({ length: 6 }, (_, i) => ({ name: `v${i}`, set: {} }));
    expect(await refused({ config: narrow, variants: [...others, seventh] })).toEqual([
      2,
      expect.stringContaining(
        'config/unknown-key: variant "seventh": unknown key "training.learningRat" (did you mean "learningRate"?)',
      ),
    ]);
    expect(await refused({ config: narrow, variants: [variants[0], variants[0]] })).toEqual([
      2,
      expect.stringContaining('"words alone" and "words alone" are one name'),
    ]);
  });
});

it('refuses a split that the data does not have', async () => {
  const files = ['--documents', at('documents.jsonl'), '--pairs', at('pairs.jsonl'), '--split', '.8,0,.2'];
  expect((await runTandem(['prepare', ...files, '--out', at('unvalidated')])).exit).toBe(0);
  for (const words of [['--split', 'validation'], ['--hybrid']]) {
    const { exit, error } = await runTandem(['ablate', '--data', at('unvalidated'), '--out', at('out-none'), ...words]);
    expect([exit, error]).toEqual([2, expect.stringContaining(`usage/bad-value: ${words.join(' ')}`)]);
  }
});

describe('readAblation', () => {
  const read = async (content: unknown, flags: Readonly<Record<string, unknown>> = {}) =>
    readAblation({ config: await file(content), ...flags });

  it('lays variants on the base, and --preset and --set under them', async () => {
    const plan = await read(
      {
        preset: 'text',
        config: { seed: 7, training: { scale: 15 } },
        variants: [{ name: 'a', set: { 'training.scale': 17 } }],
      },
      { set: ['training.batchSize=64'] },
    );
    expect(plan.seeds).toEqual([7]);
    expect(plan.base.name).toBe('base');
    expect(plan.base.config.training).toMatchObject({ scale: 15, batchSize: 64 });
    expect(plan.base.config.towers.query).toEqual(['trigram', 'word', 'text']);
    const { base } = plan;
    const training = { ...base.config.training, scale: 17 };
    expect(plan.variants).toEqual([
      { name: 'a', changes: { 'training.scale': 17 }, config: { ...base.config, training } },
    ]);
    const other = await read({ preset: 'text', baseName: 'bag' }, { preset: 'default' });
    expect(other.base).toMatchObject({ name: 'bag', config: configSchema.parse({}) });
    expect(other.variants).toBeUndefined();
  });

  it('takes a plain configuration, or none, for the base', async () => {
    expect(await read({ seed: 9 })).toEqual({
      base: { name: 'base', changes: {}, config: configSchema.parse({ seed: 9 }) },
      seeds: [9],
    });
    expect((await readAblation({})).base.config).toEqual(configSchema.parse({}));
  });

  it('names entries of the list of stages', async () => {
    const set = { 'training.stages.1.epochs': 3 };
    const { base, variants } = await read({ variants: [{ name: 'a', set }] });
    const [first, second] = base.config.training.stages;
    expect(variants![0].config.training.stages).toEqual([first, { ...second, epochs: 3 }]);
  });

  it.each([
    [{ variants: [], towers: {} }, 'config/bad-value', 'variants: '],
    [{ variant: [] }, 'config/unknown-key', '"variant"'],
    [{ variants: [{ name: 'a', set: {} }], seed: 1 }, 'config/unknown-key', '"seed" (did you mean "seeds"?)'],
    [{ variants: [{ name: 'a', sets: {} }] }, 'config/bad-value', 'variants.0.set'],
    [{ variants: [{ name: 'a', set: {}, sets: {} }] }, 'config/unknown-key', '"variants.0.sets" (did you mean "set"?)'],
    [{ variants: [{ name: '', set: {} }] }, 'config/bad-value', 'variants.0.name'],
    [{ variants: [{ name: '../..', set: {} }] }, 'config/bad-value', 'a name needs a letter or a digit'],
    [{ variants: [{ name: 'a', set: { seed: 3 } }] }, 'config/bad-value', 'name them under `seeds`'],
    [{ variants: [{ name: 'a', set: { towers: 3 } }] }, 'config/bad-value', 'variant "a": towers: '],
    [{ variants: [{ name: 'a', set: { 'towers.fusion': 'none' } }] }, 'config/bad-value', 'variant "a": towers.fusion'],
    [
      { variants: [{ name: 'a', set: { 'training.stages.9.loss': 'margin' } }] },
      'config/bad-value',
      'variant "a": training.stages.9.loss',
    ],
    [{ variants: [{ name: 'a', set: { '': 1 } }] }, 'config/unknown-key', 'variant "a"'],
    ['{ "variants": [{ "name": "a", "set": { "__proto__.x": 1 } }] }', 'config/unknown-key', '__proto__'],
    ['{ "variants": [{ "name": "a", "set": { "__proto__": { "x": 1 } } }] }', 'config/unknown-key', '__proto__'],
    [{ seeds: [] }, 'config/bad-value', 'seeds: '],
    [{ seeds: [1, 1] }, 'config/bad-value', 'a seed may stand once'],
    [{ seeds: [1.5] }, 'config/bad-value', 'seeds.0'],
    [{ seeds: 3 }, 'config/bad-value', 'seeds: '],
    [{ preset: 'none' }, 'config/bad-value', 'no preset "none"'],
    [{ config: { towrs: {} } }, 'config/unknown-key', '"towrs" (did you mean "towers"?)'],
    [{ config: 3 }, 'config/bad-value', 'config: '],
    ['[1]', 'config/bad-value', 'expected one JSON object'],
    ['{', 'config/bad-value', 'not JSON'],
  ])('refuses %j with %s', async (content, code, message) => {
    const error = await read(content).catch(error => error);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(message);
  });

  it('says when the file is not there', async () => {
    await expect(readAblation({ config: at('none.json') })).rejects.toMatchObject({ code: 'data/not-found' });
  });
});
