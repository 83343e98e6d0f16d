import { z } from 'zod';
import { deepSchema, lambdaMartSchema } from '../../config/ranking.js';
import { portableFeatures } from '../../ranking/features/catalogue.js';
import { checkOptions, maybe, type OptionSchemas, path, watch, whole } from '../check-options.js';
import { judged, readJudged } from '../project/read-rows.js';
import type { TrainedRanker, TrainRankerOptions } from '../training-options.js';
import { writeWatched } from '../write-watched.js';
import { trainRanker } from './train-ranker.js';
import { usualTrees } from './tree-options.js';

const schemas: OptionSchemas<TrainRankerOptions> = {
  index: path,
  out: path,
  judged: judged.optional(),
  validation: judged.optional(),
  rows: z.array(path).min(1).optional(),
  folds: z.strictObject({ data: path, count: whole(2, 10) }, { error: 'expected { data, count }' }).optional(),
  labels: z.enum(['judged', 'engaged'], { error: 'expected judged or engaged' }).optional(),
  depth: whole(1, 1_000).optional(),
  relevanceLevel: whole(1, 1_000_000).optional(),
  popularity: maybe,
  portable: maybe,
  features: z.array(z.string()).min(1).optional(),
  trees: lambdaMartSchema.unwrap().partial().optional(),
  deep: deepSchema.unwrap().partial().optional(),
  replace: maybe,
  watch,
};

/** What `trainRanker` of the library does. */
export async function trainRankerOn(options: TrainRankerOptions): Promise<TrainedRanker> {
  checkOptions('trainRanker', options, schemas);
  const { index, out, rows, folds, labels = 'judged', depth = 200, relevanceLevel = 1, portable = false } = options;
  const destination = { path: out, kind: 'file', force: options.replace ?? false } as const;
  return writeWatched([destination], options.watch, async watching =>
    trainRanker(
      {
        ...{ index, out, rows, folds, labels, depth, relevanceLevel },
        judged: options.judged && (await readJudged(options.judged, watching)),
        validation: options.validation && (await readJudged(options.validation, watching)),
        features: portable ? portableFeatures : options.features,
        popularity: !portable && (options.popularity ?? true),
        options: lambdaMartSchema.parse({ ...usualTrees, ...options.trees }),
        ...(options.deep && { deep: deepSchema.parse(options.deep) }),
      },
      watching,
    ),
  );
}
