import { z } from 'zod';
import { indexingSchema } from './indexing.js';
import { pretrainingSchema } from './pretraining.js';
import { textEncoderSchema, towersSchema } from './towers.js';
import { pseudoQuerySchema, trainingSchema } from './training.js';

/** The one configuration of Tandem: read from a file and --set, saved whole with every model artefact and index. */
export const configSchema = z
  .strictObject({
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .describe('the same seed gives the same bytes'),
    towers: towersSchema,
    textEncoder: textEncoderSchema,
    training: trainingSchema,
    pretraining: pretrainingSchema,
    pseudoQueries: pseudoQuerySchema,
    indexing: indexingSchema,
  })
  .prefault({});

export type Config = z.infer<typeof configSchema>;
