import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, narrow, smallDocuments, smallPairs } from '../small-model.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-train-'));
  const documents = smallDocuments(60);
  await writeFile(at('documents.jsonl'), jsonLines(documents));
  await writeFile(at('pairs.jsonl'), jsonLines(smallPairs(documents)));
  await writeFile(at('one.jsonl'), jsonLines(smallDocuments(1)));
  // long enough to learn: 60 epochs of 60 documents in batches of 32 are 113 steps
  const training = { ...narrow.training, stages: [{ name: 'short', epochs: 60, pseudoShare: 0.5 }] };
  await writeFile(at('config.json'), JSON.stringify({ ...narrow, training }));
  const prepared = await runTandem([
    ...['prepare', '--documents', at('documents.jsonl'), '--pairs', at('pairs.jsonl'), '--out', at('data')],
  ]);
  expect(prepared.exit, prepared.error).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

async function train(model: string, ...more: string[]) {
  const words = ['train', '--data', at('data'), '--out', at(model), '--config', at('config.json'), '--json', ...more];
  const { exit, out, error } = await runTandem(words);
  expect(exit, error).toBe(0);
  return { json: JSON.parse(out) as Record<string, unknown>, error };
}

describe('tandem train', () => {
  it('says that it begins anew where --resume finds no checkpoint', async () => {
    const { json, error } = await train('fresh', '--resume');
    const warning = `${at('fresh')}.training: no checkpoint, starting anew`;
    expect(error).toContain(`warning: ${warning}\n`);
    expect(json).toMatchObject({ resumedAt: 0, warnings: [warning] });
  });

  it('says nothing of checkpoints where nothing is asked and none is there', async () => {
    const { json, error } = await train('quiet');
    expect(error).not.toMatch(/checkpoint/);
    expect(json).not.toHaveProperty('warnings');
  });

  it('says that a fresh run has taken away what an interrupted one left', async () => {
    await mkdir(at('left.training'));
    await writeFile(at('left.training/checkpoint.safetensors'), 'of an interrupted run');
    const { json } = await train('left');
    expect(json.warnings).toEqual([
      expect.stringMatching(/left\.training: the checkpoint .* was taken away; --resume/),
    ]);
  });

  it('warns of a model that has learnt nothing, on stderr, in --json and in model.json', async () => {
    const { json, error } = await train('noise', '--set', 'training.learningRate=1e-12');
    const { warnings } = JSON.parse(await readFile(at('noise/model.json'), 'utf8'));
    expect(warnings).toEqual([expect.stringMatching(/learnt next to nothing.*minSteps/)]);
    expect(json).toMatchObject({ warnings, metrics: { knownItems: { 'ROC AUC': expect.any(Number) } } });
    expect(error).toContain(warnings[0]);
  });

  it('refuses a catalogue of one document, and says what is wanted', async () => {
    await runTandem(['prepare', '--documents', at('one.jsonl'), '--out', at('one')]);
    const { exit, error } = await runTandem(['train', '--data', at('one'), '--out', at('none')]);
    expect(exit).toBe(1);
    expect(error).toMatch(/training\/no-examples: there are fewer than two documents.*at least two documents/);
  });
});
