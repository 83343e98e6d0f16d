import { presentChoices, readRankerText } from './choices.js';
import { type ClusterIndexPlace, withActiveGeneration } from './generations.js';

/** The text of the ranker that an index of a cluster has; undefined where it has none. @throws TandemError 'index/*' | 'cluster/*' */
export const readGenerationRanker = (place: ClusterIndexPlace): Promise<string | undefined> =>
  withActiveGeneration(place, async ({ cluster, names, meta }) => {
    const { ranker } = await presentChoices(cluster, names, meta);
    return ranker === undefined ? undefined : readRankerText(cluster, names, ranker);
  });
