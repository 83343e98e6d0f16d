import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedData } from '../../data/prepared.js';
import { configSchema } from '../../src/config/schema.js';
import type { AblationOptions } from '../../training/ablation/options.js';
import { applyChanges, type Changes, type Variant } from '../../training/ablation/variants.js';
import { makeData, smallConfig, stage } from './fixture.js';

/** 240 documents in batches of 32: 16 steps a model, in two stages. */
const training = { evaluateEvery: 100, stages: [stage(1, 1), stage(1, 0.5)] };

export const baseOf = (changes: Readonly<Record<string, unknown>> = {}): Variant => ({
  name: 'base',
  changes: {},
  config: smallConfig({ training: { ...training, ...changes } }),
});

export const variantOf = (base: Variant, name: string, changes: Changes): Variant => ({
  name,
  changes,
  config: configSchema.parse(applyChanges(base.config, changes)),
});

/** Every query of the validation set is one of the test set too, under another id. */
export function judgedData(): PreparedData {
  const data = makeData();
  const { queries, qrels } = data.validation!;
  const test = {
    queries: queries.map(query => ({ ...query, id: `t${query.id}` })),
    qrels: new Map([...qrels].map(([id, gains]) => [`t${id}`, gains])),
  };
  return { ...data, test };
}

/** A base and two variants with two seeds: six models. */
export function ablationOf(out: string, changes: Readonly<Record<string, unknown>> = {}): AblationOptions {
  const base = baseOf(changes);
  const variants = [
    variantOf(base, 'without trigrams', { 'towers.query': ['word'] }),
    variantOf(base, 'as it begins', { 'training.learningRate': 1e-9 }),
  ];
  return { shared: { data: judgedData(), tandem: '' }, plan: { base, variants, seeds: [3, 4] }, out };
}

/** Two models of it, with a checkpoint after every step. */
export function shortAblation(out: string): AblationOptions {
  const { plan, ...options } = ablationOf(out, { checkpointSeconds: 1e-6 });
  return { ...options, plan: { ...plan, variants: plan.variants!.slice(0, 1), seeds: [3] } };
}

/** The files of the runs, times left out. */
export async function runFiles(out: string): Promise<Record<string, unknown>> {
  const names = (await readdir(join(out, 'runs'))).sort();
  const entries = names.map(async name => {
    if (!name.endsWith('.json')) return [name, 'another file'];
    const { seconds: _seconds, sha256: _seal, ...rest } = JSON.parse(await readFile(join(out, 'runs', name), 'utf8'));
    return [name, rest];
  });
  return Object.fromEntries(await Promise.all(entries));
}
