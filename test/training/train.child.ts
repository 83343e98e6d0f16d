import { writeSync } from 'node:fs';
import type { Config } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { train } from '../../training/trainer.js';
import { fieldChannels, fixtureImages, makeData, smallConfig, stage, textConfig } from './fixture.js';

/** Trains, or goes on, with a checkpoint after every step, says each step, and ends with `done` or the code of the failure. */
const [, , out, kind, resume, teacher = ''] = process.argv;
const training = { checkpointSeconds: 1e-6, stages: [stage(1.5, 1), stage(1.5, 0.5, { resetOptimiser: false })] };
/** Every part of the state of a run: averages, the classifier, a curriculum stage. */
const whole = {
  ...training,
  averaging: 0.9,
  auxiliary: { weight: 0.2, classes: 8 },
  stages: [
    stage(1.5, 1),
    stage(1.5, 0.5, { resetOptimiser: false, loss: 'margin', mined: { perQuery: 1, from: 2, to: 9 } }),
  ],
};
const taught = { ...training, teacher: { model: teacher } };
const configs: Record<string, () => Config> = {
  bag: () => smallConfig({ training }),
  text: () => textConfig({ training }),
  whole: () => smallConfig({ training: whole }),
  taught: () => smallConfig({ training: taught }),
  fields: () => smallConfig({ training: whole, towers: { document: fieldChannels, image: { limit: 3, hidden: 16 } } }),
};
try {
  const { steps, metrics, log } = await train({
    data: makeData({ fields: kind === 'fields' }),
    images: kind === 'fields' ? fixtureImages : undefined,
    config: configs[kind](),
    out,
    tandem: '0.0.0',
    resume: resume === 'resume',
    onProgress: ({ done }) => writeSync(1, `step ${done}\n`),
  });
  writeSync(1, `done ${JSON.stringify({ steps, metrics, rows: log.map(row => row.step) })}\n`);
} catch (error) {
  writeSync(1, `${error instanceof TandemError ? error.code : error}\n`);
}
