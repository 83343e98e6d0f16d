import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelState } from '../../models/model-state.js';
import { type Position, readCheckpoint, writeCheckpoint } from '../../training/checkpoint.js';
import { createOptimiserState } from '../../training/optimiser.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { smallConfig } from './fixture.js';

const position: Position = {
  basis: {
    seed: 3,
    'training.learningRate': 0.01,
    'documents.jsonl': 'f'.repeat(64),
    'training.stages': [{ epochs: 1 }],
  },
  stage: 1,
  step: 7,
  stepsBefore: 40,
  optimiserStep: 47,
  followed: 46,
  best: { auc: 0.1 + 0.2, ndcg: 0.7 },
  sinceBest: 2,
  logBytes: 321,
};

function fresh(seed: number) {
  const vocabulary = { countries: [], tokens: 0, maxQueryTokens: 0, maxDocumentTokens: 16 };
  const config = smallConfig({ towers: { trigramBuckets: 64, wordBuckets: 64 } });
  const model = createModelState({ ...config, seed }, vocabulary);
  return { model, optimiser: createOptimiserState(model, 0.5) };
}

/** A state whose moments are not zero, as a checkpoint of it. */
async function written() {
  const folder = await temporaryFolder();
  const path = join(folder, 'checkpoint.safetensors');
  const { model, optimiser } = fresh(1);
  optimiser.step = 47;
  optimiser.followed = 46;
  optimiser.average!.tables.word!.seen.fill(2 ** 30 + 1);
  optimiser.average!.dense['query.word.bias'].fill(0.75);
  for (const [i, { first, second }] of [
    ...Object.values(optimiser.dense),
    ...Object.values(optimiser.tables),
  ].entries()) {
    first.fill(i + 0.25);
    second.fill(i + 0.5);
  }
  await writeCheckpoint(path, model, optimiser, position);
  return { folder, path, model, optimiser };
}

describe('checkpoint', () => {
  it('gives back parameters, tables, moments and position, bit by bit', async () => {
    const { folder, path, model, optimiser } = await written();
    const other = fresh(2);
    expect(await readCheckpoint(path, other.model, other.optimiser, position.basis)).toEqual(position);
    expect(other).toEqual({ model, optimiser });
    expect(await readdir(folder)).toEqual(['checkpoint.safetensors']);
  });

  it('is undefined where there is none', async () => {
    const { model, optimiser } = fresh(1);
    const path = join(await temporaryFolder(), 'none');
    expect(await readCheckpoint(path, model, optimiser, {})).toBeUndefined();
  });

  it('refuses what learnt from something else, names what differs, and leaves the model as it was', async () => {
    const { path } = await written();
    const { model, optimiser } = fresh(2);
    const other = { ...position.basis, 'training.learningRate': 0.02, 'training.scale': 20 };
    const read = readCheckpoint(path, model, optimiser, other);
    await expect(read).rejects.toMatchObject({
      code: 'training/checkpoint-mismatch',
      exit: 1,
      message: `${path}: was made with other training.learningRate (0.01, now 0.02), training.scale (none, now 20)`,
      details: { differing: ['training.learningRate', 'training.scale'] },
    });
    expect({ model, optimiser }).toEqual(fresh(2));
  });

  it('names no more than eight differences, and shortens long values', async () => {
    const { path } = await written();
    const { model, optimiser } = fresh(2);
    const other = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`towers.${i}`, 'x'.repeat(100)]));
    const read = readCheckpoint(path, model, optimiser, { ...position.basis, ...other });
    await expect(read).rejects.toThrow(/made with other (towers\.\d \(none, now "x{56}\.\.\.\),? ?){8}and 2 more$/);
  });

  it.each([0, 5, 100, 5000, -4])('refuses a checkpoint cut off at %s bytes', async at => {
    const { path } = await written();
    const { length } = await readFile(path);
    await truncate(path, at < 0 ? length + at : at);
    const { model, optimiser } = fresh(2);
    const read = readCheckpoint(path, model, optimiser, position.basis);
    await expect(read).rejects.toMatchObject({ code: 'training/checkpoint-damaged' });
    expect({ model, optimiser }).toEqual(fresh(2));
  });

  it('refuses a position that cannot be read, and a folder in its place', async () => {
    const { folder, path } = await written();
    const { model, optimiser } = fresh(2);
    const bytes = await readFile(path);
    await writeFile(path, Buffer.from(bytes.toString('latin1').replace('\\"stage\\":1', '\\"stage\\":x'), 'latin1'));
    for (const place of [path, folder]) {
      const read = readCheckpoint(place, model, optimiser, position.basis);
      await expect(read).rejects.toMatchObject({ code: 'training/checkpoint-damaged' });
    }
  });
});
