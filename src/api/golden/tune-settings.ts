import { TandemError } from '../../errors/tandem-error.js';
import { readGolden } from '../../evaluation/golden/golden-file.js';
import { type TunedSearch, type TuneSearchOptions, tuneSearch } from '../../evaluation/golden/tune-search.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { tuningSections } from '../../evaluation/report/tuning-sections.js';
import { readQrels } from '../../evaluation/trec.js';
import { writeWhole } from '../../files/atomic.js';
import { readManifest } from '../../search/manifest.js';
import { storeSettings } from '../../search/search-settings.js';
import { whileClaimed } from '../../search/tuned-fusion.js';
import { withSearch } from '../indexes/open-search.js';
import type { Watch } from '../watch.js';

export { ndcgOf, type Point } from '../../evaluation/golden/measure-points.js';
export type { TunedSearch };

export interface TuneSettingsOptions extends Pick<TuneSearchOptions, 'recall' | 'ef' | 'candidates' | 'rankingDepth'> {
  readonly index: string;
  readonly golden: string;
  /** judgements of golden queries (TREC) */
  readonly qrels?: string;
  /** HTML report that is written */
  readonly out?: string;
}

/**
 * Finds the cheapest settings of searching on golden queries and writes them into the index, where searches opened from now on read them and a process that
 * serves it takes them over. The report comes first: where it cannot be written, or the work is interrupted, the index is as it was.
 * @throws TandemError 'index/locked' where another process writes to it, 'index/*', 'data/*', 'evaluation/no-queries', 'files/*'
 */
export async function tuneSettings(options: TuneSettingsOptions, watch: Watch): Promise<TunedSearch> {
  const { index: folder, golden, qrels, out, ...tried } = options;
  const queries = await readGolden(golden);
  const judged = qrels === undefined ? undefined : await readQrels(qrels);
  if (judged !== undefined && !queries.some(({ id }) => judged.has(id)))
    throw new TandemError('evaluation/nothing-in-common', `${qrels}: judges none of the queries of ${golden}`);
  const { modelId } = await readManifest(folder);
  if (modelId === null)
    throw new TandemError('index/no-vectors', `${folder}: this index was made without a model: its tokens alone rank`);
  return whileClaimed(folder, async () => {
    const tuned = await withSearch(folder, ({ index, embedder }) => {
      if (embedder === undefined) throw new TandemError('index/no-vectors', `${folder}: its model is missing`);
      const begin: TuneSearchOptions['begin'] = (title, count) => watch.progress(title, 'searches', count);
      return tuneSearch(index, embedder, { ...tried, queries, qrels: judged, begin });
    });
    if (out !== undefined) await writeWhole(out, renderReport({ title: 'Tuning', sections: tuningSections(tuned) }));
    watch.signal.throwIfAborted();
    await storeSettings(folder, tuned.settings, tuned.golden);
    return tuned;
  });
}
