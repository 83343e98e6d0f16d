import { writeRows } from '../../../training/ranking/rows-file.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { withSearch } from '../indexes/open-search.js';
import type { Watch } from '../watch.js';
import { collectRows } from './collect-rows.js';
import { rankerFeatures } from './ranker-features.js';

export interface RankingRowsOptions {
  /** folder of an index */
  readonly index: string;
  readonly judged: JudgedQueries;
  readonly depth: number;
  readonly features?: readonly string[];
  readonly embeddings: boolean;
  readonly out: string;
}

/** Writes what a ranker would see of the candidates of judged queries. @throws TandemError 'evaluation/no-queries' | 'index/*' | 'files/*' */
export const writeRankingRows = (
  { index: folder, judged, depth, features: names, embeddings, out }: RankingRowsOptions,
  watch: Watch,
): Promise<{ readonly queries: number; readonly rows: number; readonly features: number }> =>
  withSearch(folder, async ({ index }) => {
    const features = rankerFeatures(index, names);
    const rows = await collectRows(index, { ...judged, features, depth, embeddings }, watch);
    await writeRows(out, rows);
    return { queries: rows.queries.length, rows: rows.documents.length, features: features.length };
  });
