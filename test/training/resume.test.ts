import { readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ImageVectors } from '../../models/images/image-vectors.js';
import { seededRandom } from '../../src/math/random.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { artefactBytes } from './artefact-bytes.js';
import { fixtureImages, makeData, smallConfig, stage, textConfig } from './fixture.js';
import { outcomeOf, runChild } from './killed-run.js';

const child = fileURLToPath(new URL('train.child.ts', import.meta.url));

type Kill = Parameters<typeof runChild>[2];

/** What one kind of run learns from: a model whose embedding of a text stands beside those of other texts. */
const teacherOf = (folder: string): string => join(folder, 'teacher');

const run = (out: string, kind: string, resume: boolean, kill?: Kill): Promise<string> =>
  runChild(child, [out, kind, resume ? 'resume' : 'fresh', teacherOf(dirname(out))], kill);

/** Kills at random moments, a step or a few after each start, until the run comes through. */
async function runWithKills(out: string, kind: string, seed: number, kills: number): Promise<unknown> {
  const random = seededRandom(seed);
  for (let n = 0; n < kills; n++) {
    const kill = { steps: 1 + random.below(4), later: random.below(12) };
    const said = await run(out, kind, n > 0, kill);
    if (said.includes('done')) return outcomeOf(said);
    expect(said).toMatch(/^(step \d+\n)+$/);
  }
  return outcomeOf(await run(out, kind, true));
}

describe('a run that is killed', () => {
  it.each([
    ['bag', 1, 4],
    ['text', 2, 2],
    ['whole', 3, 4],
    ['fields', 4, 3],
    ['taught', 5, 4],
  ])(
    'gives the same bytes, figures and steps as one that is not: %s, seed %i',
    async (kind, seed, kills) => {
      console.log(`moments of the kills: seed ${seed}`);
      const folder = await temporaryFolder();
      const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
      if (kind === 'taught')
        await train({ data: makeData(), config: textConfig(), out: teacherOf(folder), tandem: '' });
      const expected = outcomeOf(await run(whole, kind, false));
      // 1.5 epochs of 240 documents in batches of 32: 12 steps, twice
      expect(expected).toMatchObject({ steps: 24, rows: Array.from({ length: 24 }, (_, i) => i + 1) });
      expect(await runWithKills(broken, kind, seed, kills)).toEqual(expected);
      expect(await artefactBytes(broken)).toEqual(await artefactBytes(whole));
      const left = (await readdir(folder)).filter(name => name !== 'teacher');
      expect(left.sort()).toEqual(['broken', 'whole']);
    },
    240_000,
  );
});

/** Trains with a checkpoint after every step and stops when the n-th one has been said, as a person would with ctrl-c. */
async function interrupted(out: string, steps: number, config = quick()): Promise<void> {
  const stop = new Error('interrupted');
  const onProgress = ({ done }: { done: number }) => {
    if (done > steps) throw stop;
  };
  await expect(train({ data: makeData(), config, out, tandem: '', onProgress })).rejects.toBe(stop);
}

const quick = (training: Readonly<Record<string, unknown>> = {}) =>
  smallConfig({
    training: { checkpointSeconds: 1e-6, evaluateEvery: 0.5, stages: [stage(1, 1), stage(1, 0.5)], ...training },
  });

const resumed = (out: string, config = quick()) => train({ data: makeData(), config, out, tandem: '', resume: true });

describe('resume', () => {
  it('refuses another configuration or other data, and keeps the checkpoint', async () => {
    const out = join(await temporaryFolder(), 'model');
    await interrupted(out, 3);
    const checkpoint = join(`${out}.training`, 'checkpoint.safetensors');
    const bytes = await readFile(checkpoint);
    const mismatch = { code: 'training/checkpoint-mismatch' };
    await expect(resumed(out, quick({ learningRate: 0.02 }))).rejects.toMatchObject({
      ...mismatch,
      details: { differing: ['training.learningRate'] },
    });
    const data = makeData();
    const files = { documents: { bytes: 1, sha256: 'b'.repeat(64) } };
    const other = { ...data, manifest: { ...data.manifest, files } };
    const run = train({ data: other, config: quick(), out, tandem: '', resume: true });
    await expect(run).rejects.toMatchObject({ ...mismatch, details: { differing: ['documents'] } });
    expect(await readFile(checkpoint)).toEqual(bytes);
    expect((await resumed(out)).steps).toBe(16);
  });

  it('goes on with another number of threads and other seconds between checkpoints', async () => {
    const out = join(await temporaryFolder(), 'model');
    await interrupted(out, 3);
    const started: unknown[] = [];
    const config = quick({ checkpointSeconds: 7, threads: 2 });
    const onStart = (start: unknown) => void started.push(start);
    const { steps, resumedAt } = await train({ data: makeData(), config, out, tandem: '', resume: true, onStart });
    expect({ steps, resumedAt, started }).toEqual({
      steps: 16,
      // the step at which somebody interrupted is kept too
      resumedAt: 4,
      started: [{ resumedAt: 4, leftBehind: false }],
    });
  });

  it('keeps what was learnt until an interrupt, however seldom a checkpoint is due, and comes to the same', async () => {
    const folder = await temporaryFolder();
    const seldom = quick({ checkpointSeconds: 1e6 });
    for (const [name, after] of Object.entries({ early: 0, 'end of a stage': 7, later: 8 })) {
      const [whole, broken] = [join(folder, `${name} whole`), join(folder, name)];
      await train({ data: makeData(), config: seldom, out: whole, tandem: '' });
      await interrupted(broken, after, seldom);
      const { resumedAt } = await resumed(broken, seldom);
      expect(resumedAt, name).toBeGreaterThan(after);
      expect(await artefactBytes(broken), name).toEqual(await artefactBytes(whole));
    }
  });

  it('refuses other image vectors, where the model reads them', async () => {
    const out = join(await temporaryFolder(), 'model');
    const config = smallConfig({
      towers: { document: ['titleWord', 'image'], image: { hidden: 8 } },
      training: { checkpointSeconds: 1e-6, stages: [stage(1, 1)] },
    });
    const options = { data: makeData({ fields: true }), config, out, tandem: '' };
    const stop = new Error('interrupted');
    const onProgress = ({ done }: { done: number }) => {
      if (done > 2) throw stop;
    };
    await expect(train({ ...options, images: fixtureImages, onProgress })).rejects.toBe(stop);
    const altered: ImageVectors = {
      width: 6,
      of: references => fixtureImages.of(references).map(vector => vector.map(x => x + 1e-6)),
    };
    const run = train({ ...options, images: altered, resume: true });
    await expect(run).rejects.toMatchObject({ code: 'training/checkpoint-mismatch' });
    expect((await train({ ...options, images: fixtureImages, resume: true })).steps).toBe(8);
  });

  it.each(['checkpoint.safetensors', 'log.jsonl'])('refuses a %s that is cut short', async name => {
    const folder = await temporaryFolder();
    const out = join(folder, 'model');
    await interrupted(out, 3);
    const path = join(`${out}.training`, name);
    await truncate(path, 150);
    await expect(resumed(out)).rejects.toMatchObject({ code: 'training/checkpoint-damaged', exit: 1 });
    expect(await readdir(folder)).toEqual(['model.training']);
  });

  it('starts from the beginning where there is no checkpoint, and takes half-written files away', async () => {
    const out = join(await temporaryFolder(), 'model');
    await interrupted(out, 3);
    await writeFile(join(`${out}.training`, 'checkpoint.safetensors.1.abc.tmp'), 'half');
    const left: string[][] = [];
    const onProgress = async () => left.push(await readdir(`${out}.training`));
    await train({ data: makeData(), config: quick(), out, tandem: '', resume: true, onProgress });
    expect(left[0].sort()).toEqual(['checkpoint.safetensors', 'log.jsonl']);
    expect(await resumed(`${out}-fresh`)).toMatchObject({ steps: 16, resumedAt: 0 });
  });

  it('never goes on from what an earlier run has left: a fresh run takes it away first', async () => {
    const out = join(await temporaryFolder(), 'model');
    await interrupted(out, 12);
    await interrupted(out, 0, quick({ checkpointSeconds: 1000 }));
    // the fresh run was interrupted at its first look at validation, half an epoch of 8 steps
    expect((await resumed(out)).resumedAt).toBe(4);
  });

  it('after the last step writes the model with its figures, and says the steps and the speed of the whole run', async () => {
    const folder = await temporaryFolder();
    const [out, whole] = [join(folder, 'model'), join(folder, 'whole')];
    const expected = await train({ data: makeData(), config: quick(), out: whole, tandem: '' });
    // a name so long that the temporary name of the model does not fit stops a run when all steps are taken
    const long = join(folder, 'm'.repeat(240));
    const run = train({ data: makeData(), config: quick(), out: long, tandem: '' });
    await expect(run).rejects.toMatchObject({ code: 'files/write-failed' });
    await rename(`${long}.training`, `${out}.training`);
    expect((await readdir(folder)).sort()).toEqual(['model.training', 'whole']);
    const { metrics, steps, examplesPerSecond, seconds } = await resumed(out);
    expect({ metrics, steps }).toEqual({ metrics: expected.metrics, steps: expected.steps });
    expect(examplesPerSecond).toBeCloseTo((16 * 32) / seconds, 6);
    expect(await artefactBytes(out)).toEqual(await artefactBytes(whole));
  });
});
