import { type CheckedGolden, checkGolden } from '../../evaluation/golden/check-golden.js';
import { readGolden } from '../../evaluation/golden/golden-file.js';
import { goldenSections } from '../../evaluation/report/golden-sections.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { readQrels } from '../../evaluation/trec.js';
import { writeWhole } from '../../files/atomic.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import type { Watch } from '../watch.js';
import { withGoldenIndex } from './golden-places.js';

export type { Drift } from '../../evaluation/golden/drift.js';
export type { CheckedGolden };

export interface EvaluateGoldenOptions {
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  readonly golden: string;
  readonly qrels?: string;
  /** recall that is wanted; that of the last tuning when absent */
  readonly recall?: number;
  /** HTML report that is written */
  readonly out?: string;
}

/** Asks a golden set again: recall at the present settings, agreement, drift. @throws TandemError 'data/*' | 'index/*' | 'files/*' | 'cluster/*' */
export async function evaluateGolden(options: EvaluateGoldenOptions, watch: Watch): Promise<CheckedGolden> {
  const { index: name, place = {}, golden, recall: wanted, out } = options;
  const queries = await readGolden(golden);
  const qrels = options.qrels === undefined ? undefined : await readQrels(options.qrels);
  const checked = await withGoldenIndex(name, place, async ({ index, embedder }) => {
    const progress = watch.progress('asking golden queries', 'queries', queries.length);
    try {
      return await checkGolden(index, embedder, { queries, qrels, wanted, onProgress: done => progress.update(done) });
    } finally {
      progress.finish();
    }
  });
  if (out !== undefined)
    await writeWhole(out, renderReport({ title: 'Golden queries', sections: goldenSections(checked) }));
  return checked;
}
