import { readQueries } from '../../../data/queries.js';
import { runQueries } from '../../evaluation/run-queries.js';
import { writeRun } from '../../evaluation/trec.js';
import type { SearchMode } from '../../search/request.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import { withBackend } from '../indexes/open-backend.js';
import type { Watch } from '../watch.js';

export interface WriteRunOptions extends BackendChoice {
  /** folder of the index, or its name in a cluster */
  readonly index: string;
  /** file of queries */
  readonly queries: string;
  /** run file (TREC) that is written; gzip when it ends in .gz */
  readonly out: string;
  /** the best that the index answers when absent */
  readonly mode?: SearchMode;
  /** of the vector side in mode hybrid; that of the index when absent */
  readonly weight?: number;
  /** hits for each query, 1..1000 */
  readonly k: number;
}

/** Asks an index every query of a file and writes what it finds. @throws TandemError 'index/*', 'model/*', 'data/*', 'files/*' */
export async function writeRunFile(
  { index: place, queries: file, out, mode: wanted, weight, k, ...choice }: WriteRunOptions,
  watch: Watch,
): Promise<{ readonly mode: SearchMode; readonly queries: number }> {
  const queries = await readQueries(file, { onNote: watch.note });
  const progress = watch.progress('searching', 'queries', queries.length);
  try {
    return await withBackend(place, choice, async ({ index, modes }) => {
      const mode = wanted ?? modes[0];
      const run = await runQueries(index, queries, { mode, k, weight, onProgress: done => progress.update(done) });
      await writeRun(out, run, mode);
      return { mode, queries: run.size };
    });
  } finally {
    progress.finish();
  }
}
