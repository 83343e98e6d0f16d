import { z } from 'zod';
import { documentChannel, queryChannels } from './towers.js';

/** One stage of training: which examples, how many, and the schedule over them. */
export const stageSchema = z.strictObject({
  name: z.string().min(1).max(64).describe('name of the stage, in logs and reports'),
  epochs: z
    .number()
    .positive()
    .max(10_000)
    .describe(
      'length; one epoch shows as many examples as there are documents, in a stage with labelled pairs as many as there are pairs where these are more',
    ),
  minSteps: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('steps that the stage takes at least, however few documents there are: its epochs are more then'),
  maxPairSteps: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(4000)
    .describe('steps that pairs lengthen the stage to at most, where there are more pairs than documents'),
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
  loss: z
    .enum(['softmax', 'margin', 'binary'])
    .default('softmax')
    .describe(
      'softmax: all in-batch negatives; margin, binary: the hardest one alone, the curriculum of Que2Search, 4.2, for a stage after one that has converged',
    ),
  margin: z
    .number()
    .min(0)
    .max(2)
    .default(0.15)
    .describe('lead that a positive must have over the hardest negative, in cosines; .1 to .2 in Que2Search'),
  distillation: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of the loss that is the distance to the teacher’s softmax; `training.teacher.share` when absent'),
  mined: z
    .strictObject({
      perQuery: z.int().min(0).max(16).default(0).describe('mined hard negatives beside each labelled pair; 0 = none'),
      from: z.int().min(1).max(10_000).default(20).describe('first rank that negatives are taken from'),
      to: z.int().min(1).max(10_000).default(100).describe('last rank'),
    })
    .refine(({ from, to }) => from <= to, 'from is at most to')
    .prefault({})
    .describe(
      'documents that the model finds for a training query when the stage begins, and that are no positives of it',
    ),
});

const teacherFolder = z.string().max(4096);

/** Channels that are judged by themselves, and what their loss counts beside the joint one. */
const group = <T extends z.ZodType<string>>(channel: T) =>
  z.strictObject({ channels: z.array(channel).min(1), weight: z.number().positive() });

/** How a tower learns. Defaults: the bag recipe (docs/results.md says how it was chosen). */
export const trainingSchema = z
  .strictObject({
    batchSize: z.int().min(2).max(16_384).default(512).describe('B, examples of a batch'),
    scale: z.number().positive().max(1000).default(20).describe('s of the scaled softmax; 15..20 in Que2Search, 4.1'),
    symmetric: z
      .boolean()
      .default(false)
      .describe('softmax in both directions, query to document and document to query; Que2Search, 4.1'),
    matryoshka: z
      .array(z.int().min(4).max(4096))
      .max(8)
      .default([])
      .describe(
        'widths of beginnings of the embedding that learn to find by themselves too (Kusupati et al., NeurIPS 2022), such as [64, 128, 256]; those that are no shorter than the embedding are passed over',
      ),
    popularityCorrection: z
      .boolean()
      .default(false)
      .describe(
        'logQ: documents that are often drawn as negatives are not held back for it; of the softmax, one direction',
      ),
    auxiliary: z
      .strictObject({
        weight: z
          .number()
          .min(0)
          .default(0)
          .describe('weight of the classifier of head queries from the document embedding; Que2Search, 3.3; 0 = none'),
        classes: z.int().min(1).max(100_000).default(1000).describe('K, head queries at most'),
      })
      .prefault({}),
    gradientBlending: z
      .strictObject({
        joint: z.number().positive().default(1).describe('weight of the loss over all channels'),
        query: z
          .array(group(z.enum(queryChannels)))
          .default([])
          .describe(
            'groups of query channels with a loss of their own against the whole document tower; Que2Search, 3.5',
          ),
        document: z
          .array(group(documentChannel))
          .default([])
          .describe('the same of the document tower against the whole query tower'),
      })
      .prefault({}),
    teacher: z
      .strictObject({
        model: z
          .union([teacherFolder, z.array(teacherFolder.min(1)).min(1).max(8)])
          .default('')
          .describe(
            'folder of a model artefact that is learnt from beside the examples, or a list of them, whose mean cosines are learnt from; none when empty',
          ),
        share: z
          .number()
          .min(0)
          .max(1)
          .default(0.5)
          .describe('share of the loss that is the distance to the teacher’s softmax, in stages that say nothing else'),
        scale: z.number().positive().max(1000).default(20).describe('s of the teacher’s softmax'),
      })
      .prefault({}),
    from: z
      .string()
      .max(4096)
      .default('')
      .describe(
        'folder of a model artefact that training goes on from: its towers, textEncoder and vocabularies take the place of those here, but for what is dropped while training; none when empty',
      ),
    averaging: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        'decay of an exponential moving average of the weights, which is what is validated and written; 0 = none',
      ),
    learningRate: z.number().positive().max(1).default(1e-3).describe('Adam, full rate after warm-up'),
    pretrainedLearningRate: z
      .number()
      .positive()
      .max(1)
      .default(2e-4)
      .describe('full rate of what comes from an imported encoder; 2e-4 in Que2Search'),
    layerDecay: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe(
        'what the rate of each text encoder layer is multiplied with for every layer above it, the token table below all; 1 = one rate',
      ),
    warmupSteps: z
      .int()
      .min(0)
      .default(200)
      .describe('steps over which the rate rises from 0; at most a fifth of those of a stage'),
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
      .prefault([
        { name: 'pseudo', epochs: 12, minSteps: 300, pseudoShare: 1, finalRate: 0.3, resetOptimiser: true },
        { name: 'labelled', epochs: 18, minSteps: 300, pseudoShare: 0.5, finalRate: 0.02, resetOptimiser: true },
      ])
      .describe('what is learnt from, in order; see the table of stages in training/README.md'),
    patience: z
      .int()
      .min(0)
      .default(3)
      .describe(
        'a stage ends after this many evaluations in which neither ROC AUC nor nDCG@10 of the validation queries got better; 3 of ROC AUC in Que2Search; 0 = never',
      ),
    evaluateEvery: z.number().positive().default(3).describe('validation every so many epochs of a stage'),
    checkpointSeconds: z.number().positive().default(60).describe('checkpoint at least every so many seconds'),
    engine: z
      .enum(['recorded', 'eager-tfjs-node', 'eager-cpu'])
      .default('recorded')
      .describe('recorded = native graph from the recorder; the eager ones are for comparison'),
    provider: z
      .enum(['cpu', 'webgpu', 'cuda'])
      .default('cpu')
      .describe('execution provider that the recorded steps run on, handed to onnxruntime'),
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
