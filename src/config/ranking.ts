import { z } from 'zod';

/** How a sum of trees learns to rank. Defaults are those of LightGBM where it has the same setting. */
export const lambdaMartSchema = z
  .strictObject({
    trees: z.int().min(1).max(20_000).default(500).describe('trees at most'),
    leaves: z.int().min(2).max(256).default(31).describe('leaves of a tree at most'),
    learningRate: z.number().gt(0).max(1).default(0.1).describe('share of a tree’s values that is added to the scores'),
    minLeaf: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(20)
      .describe('training rows of a leaf at least, where a row counts by its hessian, as in LightGBM'),
    minHessian: z.number().min(0).max(1e6).default(1e-3).describe('sum of hessians of a leaf at least'),
    l2: z.number().min(0).max(1e6).default(0).describe('what is added to the hessians of a leaf: draws its value to 0'),
    bins: z
      .int()
      .min(2)
      .max(255)
      .default(255)
      .describe('bins of a feature, that for missing values included: thresholds lie between them'),
    featureShare: z.number().gt(0).max(1).default(1).describe('share of the features that a tree looks at, drawn anew'),
    queryShare: z.number().gt(0).max(1).default(1).describe('share of the queries that a tree learns from, drawn anew'),
    k: z.int().min(1).max(1000).default(10).describe('nDCG is measured over the first k documents'),
    truncation: z
      .int()
      .min(1)
      .max(100_000)
      .default(30)
      .describe('pairs of documents count of which one is among the first so many; somewhat above k'),
    earlyStop: z
      .int()
      .min(0)
      .max(20_000)
      .default(50)
      .describe('trees without a better nDCG@k on validation queries after which training stops; 0 = never'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .describe('the same seed gives the same trees, whatever the threads'),
    threads: z.int().min(1).max(64).default(2).describe('threads that count histograms'),
  })
  .prefault({});

export type LambdaMartOptions = z.infer<typeof lambdaMartSchema>;

/** How a network learns to order the first hits of a ranker. Defaults were chosen on Home Depot validation queries. */
export const deepSchema = z
  .strictObject({
    depth: z.int().min(1).max(200).default(50).describe('hits of the ranker that it orders anew'),
    deadlineMs: z
      .int()
      .min(1)
      .max(60_000)
      .default(50)
      .describe('milliseconds that a search gives it; the order of the ranker stands where they are over'),
    embeddings: z
      .enum(['yes', 'no', 'auto'])
      .default('auto')
      .describe(
        'whether it looks at the embeddings; auto: learns with and without, and keeps the better by validation',
      ),
    loss: z
      .enum(['lambda', 'softmax'])
      .default('lambda')
      .describe('lambda: pairs, by what swapping them changes; softmax: gains as shares of their sum'),
    hidden: z.int().min(1).max(512).default(32).describe('units of the hidden layer'),
    learningRate: z.number().gt(0).max(1).default(0.001).describe('step of Adam'),
    decay: z.number().min(0).max(100).default(1).describe('weight decay: draws weights to 0'),
    batch: z.int().min(1).max(1024).default(32).describe('queries of a step'),
    epochs: z.int().min(1).max(1000).default(30).describe('times that all queries are shown at most'),
    earlyStop: z
      .int()
      .min(0)
      .max(1000)
      .default(15)
      .describe('epochs without a better nDCG@10 on validation queries after which training stops; 0 = never'),
    parts: z
      .int()
      .min(2)
      .max(10)
      .default(2)
      .describe('parts of the queries: what the trees give one of them is learnt from the others'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .describe('the same seed gives the same network'),
  })
  .prefault({});

export type DeepOptions = z.infer<typeof deepSchema>;
