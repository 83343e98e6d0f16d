import { z } from 'zod';

/** One stage of training: which examples, how many, and the schedule over them. */
export const stageSchema = z.strictObject({
  name: z.string().min(1).max(64),
  /** epochs: one epoch shows as many examples as there are documents */
  epochs: z.number().positive().max(10_000),
  /** share of pseudo-queries among the examples of a batch; the rest are labelled pairs */
  pseudoShare: z.number().min(0).max(1),
  /** learning rate at the end of the stage, as a part of the full one; linear in between */
  finalRate: z.number().min(0).max(1).default(0.3),
  /** moments of the optimiser start from zero */
  resetOptimiser: z.boolean().default(true),
});

/** How a tower learns. Defaults: the bag recipe (docs/results.md says how it was chosen). */
export const trainingSchema = z
  .strictObject({
    /** B */
    batchSize: z.int().min(2).max(16_384).default(512),
    /** s of the scaled softmax; 15..20 in Que2Search, 4.1 */
    scale: z.number().positive().max(1000).default(20),
    /** Adam, full rate after warm-up */
    learningRate: z.number().positive().max(1).default(1e-3),
    warmupSteps: z.int().min(0).default(200),
    /** limit of the global norm of all gradients together; 1.0 in Que2Search */
    clipNorm: z.number().positive().default(1),
    adam: z
      .strictObject({
        beta1: z.number().min(0).lt(1).default(0.9),
        beta2: z.number().min(0).lt(1).default(0.999),
        epsilon: z.number().positive().default(1e-8),
      })
      .prefault({}),
    stages: z
      .array(stageSchema)
      .min(1)
      .default([
        { name: 'pseudo', epochs: 12, pseudoShare: 1, finalRate: 0.3, resetOptimiser: true },
        { name: 'labelled', epochs: 18, pseudoShare: 0.5, finalRate: 0.02, resetOptimiser: true },
      ]),
    /** a stage ends after this many evaluations without a better validation ROC AUC; 3 in Que2Search; 0 = never */
    patience: z.int().min(0).default(3),
    /** validation every so many epochs */
    evaluateEvery: z.number().positive().default(2),
    /** checkpoint at least every so many seconds */
    checkpointSeconds: z.number().positive().default(60),
    /** recorded = native graph from the recorder; the eager ones are for comparison */
    engine: z.enum(['recorded', 'eager-tfjs-node', 'eager-cpu']).default('recorded'),
    /** threads of the native graph; 0 = all cores */
    threads: z.int().min(0).max(256).default(0),
  })
  .prefault({});

/** How pseudo-queries are drawn from a document's own text. */
export const pseudoQuerySchema = z
  .strictObject({
    /** longest pseudo-query in words; 1..this, evenly */
    maxWords: z.int().min(1).max(16).default(5),
    /** share of contiguous spans; the others are subsets of words drawn by how often training queries ask for them */
    spanShare: z.number().min(0).max(1).default(0.3),
    /** share with one typing error */
    typoShare: z.number().min(0).max(1).default(0.1),
  })
  .prefault({});

export type StageConfig = z.infer<typeof stageSchema>;
export type TrainingConfig = z.infer<typeof trainingSchema>;
export type PseudoQueryConfig = z.infer<typeof pseudoQuerySchema>;
