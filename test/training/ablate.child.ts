import { writeSync } from 'node:fs';
import { runAblation } from '../../training/ablation.js';
import { shortAblation } from './ablation-fixture.js';

/** Runs an ablation, or goes on with it, with a checkpoint after every step; says each step and each model that is measured, and ends with `done`. */
const [, , out] = process.argv;
const { trained } = await runAblation({
  ...shortAblation(out),
  onProgress: ({ training }) => writeSync(1, training === undefined ? 'measure\n' : 'step\n'),
});
writeSync(1, `done ${trained}\n`);
