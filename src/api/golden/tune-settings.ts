import { TandemError } from '../../errors/tandem-error.js';
import { readGolden } from '../../evaluation/golden/golden-file.js';
import { type TunedSearch, type TuneSearchOptions, tuneSearch } from '../../evaluation/golden/tune-search.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { tuningSections } from '../../evaluation/report/tuning-sections.js';
import { readQrels } from '../../evaluation/trec.js';
import { writeWhole } from '../../files/atomic.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import type { Watch } from '../watch.js';
import { modelOf, whileTuned, withGoldenIndex } from './golden-places.js';

export { ndcgOf, type Point } from '../../evaluation/golden/measure-points.js';
export type { TunedSearch };

export interface TuneSettingsOptions extends Pick<TuneSearchOptions, 'recall' | 'ef' | 'candidates' | 'rankingDepth'> {
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  readonly golden: string;
  /** judgements of golden queries (TREC) */
  readonly qrels?: string;
  /** HTML report that is written */
  readonly out?: string;
}

/**
 * Finds the cheapest settings of searching on golden queries and writes them into the index, where searches opened from now on read them and a process that
 * serves it takes them over. The report comes first: where it cannot be written, or the work is interrupted, the index is as it was.
 * @throws TandemError 'index/locked' where another process writes to it, 'index/*', 'data/*', 'evaluation/no-queries', 'files/*', 'cluster/*'
 */
export async function tuneSettings(options: TuneSettingsOptions, watch: Watch): Promise<TunedSearch> {
  const { index: name, place = {}, golden, qrels, out, ...tried } = options;
  const queries = await readGolden(golden);
  const judged = qrels === undefined ? undefined : await readQrels(qrels);
  if (judged !== undefined && !queries.some(({ id }) => judged.has(id)))
    throw new TandemError('evaluation/nothing-in-common', `${qrels}: judges none of the queries of ${golden}`);
  if ((await modelOf(name, place)) === null)
    throw new TandemError('index/no-vectors', `${name}: this index was made without a model: its tokens alone rank`);
  return whileTuned(name, place, () =>
    withGoldenIndex(name, place, async ({ index, embedder, store }) => {
      if (embedder === undefined) throw new TandemError('index/no-vectors', `${name}: its model is missing`);
      const begin: TuneSearchOptions['begin'] = (title, count) => watch.progress(title, 'searches', count);
      const tuned = await tuneSearch(index, embedder, { ...tried, queries, qrels: judged, begin });
      if (out !== undefined) await writeWhole(out, renderReport({ title: 'Tuning', sections: tuningSections(tuned) }));
      watch.signal.throwIfAborted();
      await store(tuned.settings, tuned.golden);
      return tuned;
    }),
  );
}
