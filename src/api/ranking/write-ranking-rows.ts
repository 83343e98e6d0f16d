import { writeRows } from '../../../training/ranking/rows-file.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import type { Watch } from '../watch.js';
import { collectRows } from './collect-rows.js';
import { withRankedIndex } from './ranked-index.js';
import { rankerFeatures } from './ranker-features.js';

export interface RankingRowsOptions {
  /** folder of an index, or its name in a cluster */
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  readonly judged: JudgedQueries;
  readonly depth: number;
  readonly features?: readonly string[];
  readonly embeddings: boolean;
  readonly out: string;
}

/** Writes what a ranker would see of the candidates of judged queries. @throws TandemError 'evaluation/no-queries' | 'files/*', and as withRankedIndex */
export const writeRankingRows = (
  { index: name, place = {}, judged, depth, features: names, embeddings, out }: RankingRowsOptions,
  watch: Watch,
): Promise<{ readonly queries: number; readonly rows: number; readonly features: number }> =>
  withRankedIndex(name, place, async index => {
    const features = rankerFeatures(await index.rankable(), names);
    const rows = await collectRows(index, { ...judged, features, depth, embeddings }, watch);
    await writeRows(out, rows);
    return { queries: rows.queries.length, rows: rows.documents.length, features: features.length };
  });
