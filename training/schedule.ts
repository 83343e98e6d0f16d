import type { PreparedData } from '../data/prepared.js';
import type { StageConfig, TrainingConfig } from '../src/config/training.js';

/** How much there is to learn from. */
export interface DataSize {
  readonly documents: number;
  readonly pairs: number;
}

export const sizeOf = ({ documents, pairs }: Pick<PreparedData, 'documents' | 'pairs'>): DataSize => ({
  documents: documents.length,
  pairs: pairs.length,
});

export interface Schedule {
  /** rate at the top */
  readonly rate: number;
  readonly warmupSteps: number;
  readonly steps: number;
  /** rate at the last step, as a part of the top */
  readonly finalRate: number;
}

/** Warm-up takes at most this share of a stage: a short one would never come to its full rate. */
const mostWarmup = 1 / 5;

/**
 * Steps of a stage: as many batches as there are examples in its epochs over the documents, or over the pairs where it learns from them and
 * they take more, up to its `maxPairSteps`; at least its `minSteps`. What a tower has learnt grows with the steps it has taken: a
 * catalogue of a thousand documents passes in two, and epochs alone would leave the towers as they began.
 */
export function stageSteps(stage: StageConfig, { documents, pairs }: DataSize, batchSize: number): number {
  const { epochs, pseudoShare, minSteps, maxPairSteps } = stage;
  const stepsOver = (rows: number): number => Math.ceil((epochs * rows) / batchSize);
  const overPairs = pseudoShare < 1 ? Math.min(stepsOver(pairs), maxPairSteps) : 0;
  return Math.max(minSteps, stepsOver(documents), overPairs);
}

/** Steps of several stages. */
export const allSteps = ({ batchSize }: TrainingConfig, stages: readonly StageConfig[], size: DataSize): number =>
  stages.reduce((sum, stage) => sum + stageSteps(stage, size, batchSize), 0);

export const scheduleOf = (stage: StageConfig, size: DataSize, training: TrainingConfig): Schedule => {
  const steps = stageSteps(stage, size, training.batchSize);
  const warmupSteps = Math.min(training.warmupSteps, Math.ceil(steps * mostWarmup));
  return { rate: training.learningRate, warmupSteps, steps, finalRate: stage.finalRate };
};

/** Steps between two validations of a stage: those of `evaluateEvery` epochs, as long as they are in this stage. */
export const evaluationSteps = ({ epochs }: StageConfig, steps: number, evaluateEvery: number): number =>
  Math.max(1, Math.round((evaluateEvery * steps) / epochs));

/**
 * Learning rate of a step: linear from 0 over the warm-up, then linear down to finalRate * rate at the last step.
 * @param step  0..steps - 1
 */
export function rateAt(step: number, { rate, warmupSteps, steps, finalRate }: Schedule): number {
  const warm = Math.min(1, (step + 1) / Math.max(1, warmupSteps));
  const progress = steps > 1 ? step / (steps - 1) : 1;
  return rate * warm * (1 - (1 - finalRate) * progress);
}
