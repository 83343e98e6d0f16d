import { z } from 'zod';

/** One stage of training: which examples, how many, and the schedule over them. */
export const stageSchema = z.strictObject({
  name: z.string().min(1).max(64).describe('name of the stage, in logs and reports'),
  epochs: z.number().positive().max(10_000).describe('length; one epoch shows as many examples as there are documents'),
  pseudoShare: z
    .number()
    .min(0)
    .max(1)
    .describe('share of pseudo-queries among the examples of a batch; the rest are labelled pairs'),
  finalRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('learning rate at the end of the stage, as a part of the full one; linear in between'),
  resetOptimiser: z.boolean().default(true).describe('moments of the optimiser start from zero'),
});

/** How a tower learns. Defaults: the bag recipe (docs/results.md says how it was chosen). */
export const trainingSchema = z
  .strictObject({
    batchSize: z.int().min(2).max(16_384).default(512).describe('B, examples of a batch'),
    scale: z.number().positive().max(1000).default(20).describe('s of the scaled softmax; 15..20 in Que2Search, 4.1'),
    learningRate: z.number().positive().max(1).default(1e-3).describe('Adam, full rate after warm-up'),
    pretrainedLearningRate: z
      .number()
      .positive()
      .max(1)
      .default(2e-4)
      .describe('full rate of what comes from an imported encoder; 2e-4 in Que2Search'),
    warmupSteps: z.int().min(0).default(200).describe('steps over which the rate rises from 0'),
    clipNorm: z
      .number()
      .positive()
      .default(1)
      .describe('limit of the global norm of all gradients together; 1.0 in Que2Search'),
    adam: z
      .strictObject({
        beta1: z.number().min(0).lt(1).default(0.9).describe('decay of the first moment'),
        beta2: z.number().min(0).lt(1).default(0.999).describe('decay of the second moment'),
        epsilon: z.number().positive().default(1e-8).describe('added to the root of the second moment'),
      })
      .prefault({}),
    stages: z
      .array(stageSchema)
      .min(1)
      .default([
        { name: 'pseudo', epochs: 12, pseudoShare: 1, finalRate: 0.3, resetOptimiser: true },
        { name: 'labelled', epochs: 18, pseudoShare: 0.5, finalRate: 0.02, resetOptimiser: true },
      ])
      .describe('what is learnt from, in order; see the table of stages in training/README.md'),
    patience: z
      .int()
      .min(0)
      .default(3)
      .describe(
        'a stage ends after this many evaluations without a better validation ROC AUC; 3 in Que2Search; 0 = never',
      ),
    evaluateEvery: z.number().positive().default(3).describe('validation every so many epochs'),
    checkpointSeconds: z.number().positive().default(60).describe('checkpoint at least every so many seconds'),
    engine: z
      .enum(['recorded', 'eager-tfjs-node', 'eager-cpu'])
      .default('recorded')
      .describe('recorded = native graph from the recorder; the eager ones are for comparison'),
    threads: z.int().min(0).max(256).default(0).describe('threads of the native graph; 0 = all cores'),
  })
  .prefault({});

/** How pseudo-queries are drawn from a document's own text. */
export const pseudoQuerySchema = z
  .strictObject({
    maxWords: z.int().min(1).max(16).default(5).describe('longest pseudo-query in words; 1..this, evenly'),
    spanShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe(
        'share of contiguous spans; the others are subsets of words drawn by how often training queries ask for them',
      ),
    typoShare: z.number().min(0).max(1).default(0.1).describe('share with one typing error'),
  })
  .prefault({});

export type StageConfig = z.infer<typeof stageSchema>;
export type TrainingConfig = z.infer<typeof trainingSchema>;
export type PseudoQueryConfig = z.infer<typeof pseudoQuerySchema>;
