import type { Example } from '../data/examples.js';
import type { Feed } from '../models/feed.js';
import type { StageConfig } from '../src/config/training.js';
import type { Corpus } from './corpus.js';
import { blockDuplicates } from './duplicates.js';
import { headQueryTargets } from './head-queries.js';
import { queryKey } from './mining.js';
import type { Objective } from './objective.js';
import { correctForPopularity, documentChances } from './popularity-correction.js';
import type { Teacher } from './teacher.js';

/**
 * Fills what the objective reads beside the towers for one batch; see objectiveInputs.
 * @param negatives  document numbers that every row has beside those of the batch
 */
export async function objectiveFeeds(
  objective: Objective,
  corpus: Corpus,
  stage: StageConfig,
  examples: readonly Example[],
  negatives: readonly number[],
  teacher?: Teacher,
): Promise<Record<string, Feed>> {
  const { config, headQueries, popularity, positives } = corpus;
  const own = examples.map(({ document }) => document);
  const documents = [...own, ...negatives];
  const blocked = blockDuplicates(examples.map(queryKey), own, negatives, positives);
  const taught = objective.distillation > 0 && (await teacher?.softmax(examples, documents, blocked));
  if (config.training.popularityCorrection && stage.loss === 'softmax') {
    const chances = documentChances(popularity, stage.pseudoShare);
    correctForPopularity(
      blocked,
      Float64Array.from(documents, document => chances[document]),
    );
  }
  const { weight, classes } = objective.auxiliary;
  return {
    ...(taught && { teacher: { values: taught, shape: [own.length, documents.length] } }),
    blocked: { values: blocked, shape: [own.length, documents.length] },
    ...(weight > 0 && {
      targets: { values: headQueryTargets(headQueries, documents), shape: [documents.length, classes] },
    }),
  };
}
