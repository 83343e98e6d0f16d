import { createExampleSource } from '../data/examples.js';
import type { PreparedData } from '../data/prepared.js';
import { createModelState, type ModelState } from '../models/model-state.js';
import type { PretrainedParts } from '../models/pretrained-parts.js';
import { silenceAbsentFeatures } from './absent-features.js';
import { checkFinite } from './check-finite.js';
import { type Corpus, stepSeed } from './corpus.js';
import { createLearner } from './learner.js';
import { createOptimiserState } from './optimiser.js';
import { rateAt, scheduleOf, sizeOf } from './schedule.js';
import { queryLengths } from './trainer.js';

/**
 * Trains the towers that a corpus describes through its first stage, in memory: no validation, no checkpoint.
 * @param onStep  told the number of steps taken, of how many, and the loss
 * @throws TandemError 'training/diverged', 'training/no-examples'
 */
export async function trainAlone(
  corpus: Corpus,
  { documents, pairs }: PreparedData,
  begun: PretrainedParts | undefined,
  onStep: (step: number, steps: number, loss: number) => void,
): Promise<ModelState> {
  const { config, vocabulary, pseudoQuery } = corpus;
  const { training, seed } = config;
  const model = createModelState(config, vocabulary, begun);
  silenceAbsentFeatures(model, corpus, pairs);
  const examplesOf = createExampleSource({ documents, pairs, pseudoQuery, seed });
  const learner = createLearner(model, createOptimiserState(model), corpus, queryLengths(corpus, examplesOf));
  const [stage] = training.stages;
  const schedule = scheduleOf(stage, sizeOf({ documents, pairs }), training);
  const { steps } = schedule;
  try {
    for (let step = 0; step < steps; step++) {
      const examples = examplesOf(0, stage, step, training.batchSize);
      const random = stepSeed(seed, 0, step);
      const taken = await learner.step(0, { examples, negatives: [] }, rateAt(step, schedule), random);
      checkFinite(taken, stage.name, step);
      onStep(step + 1, steps, taken.loss);
    }
  } finally {
    await learner.close();
  }
  return model;
}
