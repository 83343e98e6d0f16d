import { z } from 'zod';

/**
 * How a text encoder is pretrained on unlabelled text (`tandem pretrain`). Its shape is that of `textEncoder` (layers = documentLayers); adam,
 * clipNorm, checkpointSeconds, engine, provider and threads are those of `training`.
 */
export const pretrainingSchema = z
  .strictObject({
    epochs: z
      .number()
      .positive()
      .max(10_000)
      .default(10)
      .describe('length; one epoch shows every text once, long ones window by window'),
    batchSize: z.int().min(2).max(16_384).default(256).describe('texts of a batch'),
    maxTokens: z
      .int()
      .min(8)
      .max(512)
      .optional()
      .describe(
        'longest window in tokens, and positions of the encoder; textEncoder.maxDocumentTokens when absent, all that an imported encoder has when fewer',
      ),
    maskShare: z
      .number()
      .min(0.01)
      .max(0.9)
      .default(0.15)
      .describe('share of the tokens of a text that are masked, at least one; .15 in BERT'),
    translationShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('share of translations among the sequences of a batch, where there are any; half and half in XLM'),
    softmaxTokens: z
      .int()
      .min(16)
      .max(500_000)
      .default(1024)
      .describe(
        'vocabularies up to this size are told apart whole; of a larger one so many tokens a step: those that are masked and others by their frequency, corrected for it',
      ),
    learningRate: z.number().positive().max(1).default(1e-3).describe('Adam, full rate after warm-up'),
    warmupSteps: z.int().min(0).default(500).describe('steps over which the rate rises from 0'),
    finalRate: z
      .number()
      .min(0)
      .max(1)
      .default(0.02)
      .describe('learning rate at the end, as a part of the full one; linear in between, as in BERT'),
    freshLayers: z
      .int()
      .min(0)
      .max(24)
      .default(1)
      .describe(
        'top layers that are written as they began: they have learnt to say tokens rather than texts; docs/pretraining.md measures it',
      ),
    averaging: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        'decay of an exponential moving average of the weights, which is what is validated and written; 0 = none',
      ),
    validationShare: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.02)
      .describe('share of the texts that are held out to measure on, 2000 at most; 0 = none'),
    evaluateEvery: z.number().positive().default(1).describe('validation every so many epochs'),
  })
  .prefault({});

export type PretrainingConfig = z.infer<typeof pretrainingSchema>;
