import { writeSync } from 'node:fs';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { pretrain } from '../../../training/pretraining/pretrainer.js';
import { pairedTexts, patternConfig, translatedTexts } from './pattern.js';

/** Pretrains, or goes on, with a checkpoint after every step, says each step, and ends with `done` or the code of the failure. */
const [, , out, resume] = process.argv;
const pretraining = {
  epochs: 2,
  evaluateEvery: 1,
  averaging: 0.9,
  softmaxTokens: 30,
  translationShare: 0.25,
  freshLayers: 1,
};
const config = patternConfig(pretraining, { dropout: 0.1, documentLayers: 2 }, { checkpointSeconds: 1e-6 });
try {
  const { steps, metrics, log } = await pretrain({
    texts: pairedTexts(160),
    translations: translatedTexts(40),
    config,
    out,
    tandem: '0.0.0',
    resume: resume === 'resume',
    onProgress: ({ done }) => writeSync(1, `step ${done}\n`),
  });
  writeSync(1, `done ${JSON.stringify({ steps, metrics, rows: log.map(row => row.step) })}\n`);
} catch (error) {
  writeSync(1, `${error instanceof TandemError ? error.code : error}\n`);
}
