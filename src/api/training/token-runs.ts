import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { preparedFiles } from '../../../data/manifest.js';
import type { IndexingConfig } from '../../config/indexing.js';
import type { QueryRow } from '../../config/rows.js';
import { runQueries } from '../../evaluation/run-queries.js';
import type { Run } from '../../evaluation/trec.js';
import { makeIndex } from '../indexes/make-index.js';
import { withSearch } from '../indexes/open-search.js';
import type { Watch } from '../watch.js';

/** Hits of each query: as many as the vector side of an ablation keeps. */
const depth = 100;

/**
 * What token retrieval finds for queries among the documents of prepared data.
 * @param scratch  folder that an index is made in, and taken away again
 */
export async function tokenRuns<K>(
  data: string,
  queries: ReadonlyMap<K, readonly QueryRow[]>,
  indexing: IndexingConfig,
  scratch: string,
  watch: Watch,
): Promise<Map<K, Run>> {
  const runs = new Map<K, Run>();
  try {
    await makeIndex({ documents: join(data, preparedFiles.documents), indexing, out: scratch }, watch);
    await withSearch(scratch, async ({ index }) => {
      for (const [key, rows] of queries) runs.set(key, await runQueries(index, rows, { mode: 'token', k: depth }));
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return runs;
}
