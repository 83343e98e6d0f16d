import type { Example } from '../data/examples.js';
import type { Feed } from '../models/feed.js';
import type { StageConfig } from '../src/config/training.js';
import type { Corpus } from './corpus.js';
import { blockDuplicates } from './duplicates.js';
import { headQueryTargets } from './head-queries.js';
import type { Objective } from './objective.js';
import { correctForPopularity, documentChances } from './popularity-correction.js';

/** Fills what the objective reads beside the towers for one batch; see objectiveInputs. */
export function objectiveFeeds(
  objective: Objective,
  corpus: Corpus,
  stage: StageConfig,
  examples: readonly Example[],
): Record<string, Feed> {
  const { config, headQueries, popularity } = corpus;
  const size = examples.length;
  const documents = examples.map(({ document }) => document);
  const keys = examples.map(({ query, country }) => `${query}\t${country ?? ''}`);
  const blocked = blockDuplicates(keys, documents);
  if (config.training.popularityCorrection && stage.loss === 'softmax') {
    const chances = documentChances(popularity, stage.pseudoShare);
    correctForPopularity(
      blocked,
      Float64Array.from(documents, document => chances[document]),
    );
  }
  const { weight, classes } = objective.auxiliary;
  return {
    blocked: { values: blocked, shape: [size, size] },
    ...(weight > 0 && { targets: { values: headQueryTargets(headQueries, documents), shape: [size, classes] } }),
  };
}
