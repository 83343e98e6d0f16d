import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type TrainingProgress, train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { makeData, smallConfig, stage } from './fixture.js';

/**
 * A rate below the last bit of every value: validation stays as it is, so every evaluation after the first is no better.
 * An epoch is 7.5 steps, an evaluation comes every 4th of the 23 steps of a stage, and the third one in a row ends it: step 12.
 */
const stalled = (training: Readonly<Record<string, unknown>> = {}) =>
  smallConfig({
    training: {
      learningRate: 1e-12,
      patience: 2,
      evaluateEvery: 0.5,
      stages: [stage(3, 1), stage(3, 0.5)],
      ...training,
    },
  });

const everyStep = { checkpointSeconds: 1e-6 };

/** Trains until something has been said that `stop` wants, and fails there. */
async function interrupted(out: string, stop: (progress: TrainingProgress) => boolean): Promise<void> {
  const onProgress = (progress: TrainingProgress) => {
    if (stop(progress)) throw new Error('interrupted');
  };
  const run = train({ data: makeData(), config: stalled(everyStep), out, tandem: '', onProgress });
  await expect(run).rejects.toThrow('interrupted');
}

async function resumed(out: string) {
  const said: TrainingProgress[] = [];
  const onProgress = (progress: TrainingProgress) => void said.push(progress);
  const config = stalled(everyStep);
  const summary = await train({ data: makeData(), config, out, tandem: '', resume: true, onProgress });
  return { said, ...summary };
}

describe('early stop', () => {
  it('ends each stage by itself, and counts the steps that were taken', async () => {
    const out = join(await temporaryFolder(), 'model');
    const said: TrainingProgress[] = [];
    const onProgress = (progress: TrainingProgress) => void said.push(progress);
    const { steps, log } = await train({ data: makeData(), config: stalled(), out, tandem: '', onProgress });
    expect(steps).toBe(24);
    expect(log.map(row => row.step)).toEqual([4, 8, 12, 16, 20, 24]);
    expect(log.map(row => row.stage)).toEqual([...Array(3).fill('pseudo'), ...Array(3).fill('labelled')]);
    const figures = log.map(row => row.validation);
    for (const figure of figures) expect(figure).toEqual(figures[0]);
    // 23 steps are wanted of each stage, until the first has ended after 12
    expect(said.map(({ total }) => total)).toEqual([46, 46, 46, 35, 35, 35]);
  });

  it('is off with a patience of 0', async () => {
    const out = join(await temporaryFolder(), 'model');
    const { steps } = await train({ data: makeData(), config: stalled({ patience: 0 }), out, tandem: '' });
    expect(steps).toBe(46);
  });

  it('is remembered: a stage that has ended is not trained again after a resume', async () => {
    const out = join(await temporaryFolder(), 'model');
    await interrupted(out, ({ stage }) => stage === 'labelled');
    const { said, steps, log } = await resumed(out);
    expect(new Set(said.map(({ stage }) => stage))).toEqual(new Set(['labelled']));
    // step 13, at which it was interrupted, is kept
    expect(said[0]).toMatchObject({ done: 14, total: 35 });
    expect(steps).toBe(24);
    expect(log.map(row => row.step)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  });

  it('counts the evaluations before a resume', async () => {
    const out = join(await temporaryFolder(), 'model');
    await interrupted(out, ({ done }) => done === 11);
    const { said, steps } = await resumed(out);
    expect(said[0].done).toBe(12);
    expect(steps).toBe(24);
  });
});
