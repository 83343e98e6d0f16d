import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { readTrainingLog } from '../../training/report/training-files.js';
import { trainSmallModel } from '../small-model.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const small = ['batchSize=32', 'warmupSteps=2', 'learningRate=0.01', 'threads=1', 'evaluateEvery=1'].flatMap(
  setting => ['--set', `training.${setting}`],
);
const towers = {
  embeddingWidth: 16,
  tableWidth: 8,
  trigramBuckets: 512,
  wordBuckets: 256,
  query: ['trigram', 'word', 'country'],
  document: ['titleTrigram', 'titleWord', 'descriptionWord', 'country'],
};
const settings = [
  ...small,
  ...Object.entries(towers).flatMap(([key, value]) => ['--set', `towers.${key}=${JSON.stringify(value)}`]),
];
const stages = ['--set', 'training.stages=[{"name":"short","epochs":12,"pseudoShare":0.25}]'];

async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { exit, out, error } = await runTandem([...words, '--json']);
  expect(exit, error).toBe(0);
  return JSON.parse(out.trimEnd().split('\n').at(-1)!);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-inspect-'));
  await trainSmallModel(folder); // for its data
  await json('train', '--data', at('data'), '--out', at('channels'), ...settings, ...stages);
});
afterAll(() => rm(folder, { recursive: true }));

describe('tandem train', () => {
  it('leaves its log and its curves in the folder of the model, which loads with them and without', async () => {
    const names = ['training.html', 'training.json', 'training.svg'];
    expect(await readdir(at('channels'))).toEqual(expect.arrayContaining(names));
    const log = (await readTrainingLog(at('channels')))!;
    // 12 epochs of 120 documents in batches of 32
    expect(log.at(-1)).toMatchObject({ step: 45, stage: 'short', validation: { 'ROC AUC': expect.any(Number) } });
    const model = await loadModel(at('channels'), { threads: 1 });
    await cp(at('channels'), at('bare'), { recursive: true });
    for (const name of names) await rm(at(`bare/${name}`));
    const bare = await loadModel(at('bare'), { threads: 1 });
    expect(bare.modelId).toBe(model.modelId);
    await model.close();
    await bare.close();
  });
});

describe('tandem inspect', () => {
  const inspect = (out: string, ...more: string[]): string[] => [
    ...['inspect', '--model', at('channels'), '--data', at('data'), '--out', at(out), '--threads', '1', ...more],
  ];

  it('prints what the channels are worth, and writes the report with its figures and plots', async () => {
    const found = await json(...inspect('report/model.html'));
    const channels = [
      ...towers.query.map(channel => ['query', channel]),
      ...towers.document.map(channel => ['document', channel]),
    ];
    const importance = found.importance as { tower: string; channel: string; lost: Record<string, object> }[];
    expect(importance.map(({ tower, channel }) => [tower, channel])).toEqual(channels);
    const interval = { mean: expect.any(Number), low: expect.any(Number), high: expect.any(Number) };
    for (const { lost } of importance) {
      expect(lost).toEqual({ 'nDCG@10': interval, 'Recall@100': interval, 'ROC AUC': interval });
    }
    const weights = found.weights as { tower: string; by: string; rows: { count: number; weights: number[] }[] }[];
    expect(weights.map(({ tower, by }) => `${tower} ${by}`)).toEqual([
      ...['query all', 'query words', 'query country'],
      ...['document all', 'document description', 'document country'],
    ]);
    for (const { tower, rows } of weights) {
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(tower === 'query' ? found.queries : 120);
      for (const row of rows) expect(row.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
    const files = (await readdir(at('report'))).sort();
    expect((found.files as string[]).map(path => path.slice(at('report/').length)).sort()).toEqual(files);
    // three figures, six tables of weights, two curves
    expect(files.filter(name => name.endsWith('.svg'))).toHaveLength(3 + 6 + 2);
    const { training, ...written } = JSON.parse(await readFile(at('report/model.json'), 'utf8'));
    const { report, files: _, ...printed } = found;
    expect(written).toEqual(printed);
    expect(training).toEqual(await readTrainingLog(at('channels')));
    const page = await readFile(report as string, 'utf8');
    for (const title of ['Importance of the channels', 'Fusion weights of the query tower by words', 'Training loss'])
      expect(page).toContain(title);
  });

  it('without --json: tables, the first row the whole towers; no curves where training left none', async () => {
    const { exit, out } = await runTandem([...inspect('bare.html'), '--model', at('bare'), '--split', 'test']);
    expect(exit).toBe(0);
    expect(out).toMatch(/^without .*nDCG@10 .*Recall@100 .*ROC AUC/);
    expect(out).toContain('(nothing)');
    expect(out).toMatch(/^query tower, words +queries +trigram +word +country$/m);
    expect(await readFile(at('bare.html'), 'utf8')).not.toContain('Training loss');
  });

  it.each([
    ['a report that is no page', 'report.json', [], 'usage/bad-value'],
    ['an unknown split', 'a.html', ['--split', 'train'], 'usage/bad-value'],
    ['no such model', 'a.html', ['--model', 'nowhere'], 'data/not-found'],
    ['no prepared data', 'a.html', ['--data', 'nowhere'], 'data/not-prepared'],
  ])('refuses %s, and writes nothing', async (_, out, more, code) => {
    const { exit, error } = await runTandem(inspect(out, ...more));
    expect(exit).toBeGreaterThan(0);
    expect(error).toContain(code);
    expect(existsSync(at(out))).toBe(false);
  });

  it('refuses a damaged log of training', async () => {
    await cp(at('channels'), at('damaged'), { recursive: true });
    await writeFile(at('damaged/training.json'), '{');
    const { exit, error } = await runTandem(inspect('a.html', '--model', at('damaged')));
    expect([exit, error]).toEqual([1, expect.stringContaining('model/damaged')]);
  });
});

describe('tandem blend', () => {
  const blend = (...more: string[]): string[] => ['blend', '--data', at('data'), ...settings, ...stages, ...more];

  it('writes the configuration with the weights, which train takes as it is', async () => {
    const found = await json(...blend('--out', at('blended.json'), '--epochs', '12'));
    expect(found).toMatchObject({ config: at('blended.json'), epochs: 12, seed: 1, droppedChannels: [] });
    const groups = found.groups as { tower: string; channels: string[]; weight: number }[];
    expect(groups.map(({ tower, channels }) => [tower, ...channels])).toEqual([
      ['query', 'trigram', 'word'],
      ['query', 'country'],
      ['document', 'titleTrigram', 'titleWord', 'descriptionWord'],
      ['document', 'country'],
      ['both', ...towers.query, ...towers.document],
    ]);
    const figures = [
      'trainingBefore',
      'trainingAfter',
      'validationBefore',
      'validationAfter',
      'gain',
      'overfitting',
      'share',
      'weight',
    ];
    for (const group of groups) for (const name of figures) expect(group).toHaveProperty(name, expect.any(Number));
    expect(groups.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10);
    const { training } = JSON.parse(await readFile(at('blended.json'), 'utf8'));
    const wanted = (tower: string) =>
      groups
        .filter(group => group.tower === tower && group.weight > 0)
        .map(({ channels, weight }) => ({ channels, weight: Number(weight.toPrecision(6)) }));
    expect(training.gradientBlending).toEqual({
      joint: wanted('both')[0].weight,
      query: wanted('query'),
      document: wanted('document'),
    });
    await json('train', '--data', at('data'), '--config', at('blended.json'), '--out', at('blended'));
    const model = JSON.parse(await readFile(at('blended/model.json'), 'utf8'));
    expect(model.config.training.gradientBlending).toEqual(training.gradientBlending);
    expect(model.config.towers).toMatchObject(towers);
  });

  it('prints the losses and what they weigh', async () => {
    const { exit, out } = await runTandem(blend('--out', at('printed.json'), '--epochs', '12'));
    expect(exit).toBe(0);
    expect(out).toMatch(/^trained alone +L train before +after +L val before +after +G +O +G\/O\^2 +weight$/m);
    expect(out).toMatch(/^all channels /m);
  });

  it.each([
    ['a file that is no configuration', 'b.txt', [], 'usage/bad-value'],
    ['no time to learn', 'b.json', ['--epochs', '0'], 'usage/bad-value'],
    [
      'towers of one kind of channel',
      'b.json',
      ['--set', 'towers.query=["word"]', '--set', 'towers.document=["titleWord"]'],
      'config/bad-value',
    ],
    ['no prepared data', 'b.json', ['--data', 'nowhere'], 'data/not-prepared'],
  ])('refuses %s, and writes nothing', async (_, out, more, code) => {
    const { exit, error } = await runTandem(blend('--out', at(out), ...more));
    expect(exit).toBeGreaterThan(0);
    expect(error).toContain(code);
    expect(existsSync(at(out))).toBe(false);
  });
});
