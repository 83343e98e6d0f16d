import type { QueryRow } from '../config/rows.js';
import type { SearchBackend } from '../search/backend.js';
import type { SearchMode } from '../search/request.js';
import type { Run, RunHit } from './trec.js';

export interface RunOptions {
  readonly mode: SearchMode;
  /** hits for each query, 1..1000 */
  readonly k: number;
  /** of the vector side in mode hybrid; that of the index when absent */
  readonly weight?: number;
  /** @param done  queries answered so far */
  readonly onProgress?: (done: number) => void;
}

/** Asks every query and keeps the ranked ids: a run, in the order of the queries. @throws TandemError as `search` */
export async function runQueries(
  backend: SearchBackend,
  queries: readonly QueryRow[],
  options: RunOptions,
): Promise<Run> {
  const { mode, k, weight, onProgress } = options;
  const run = new Map<string, readonly RunHit[]>();
  for (const { id, text, country, language } of queries) {
    const { hits } = await backend.search({ text, country, language, k, mode, weight });
    run.set(
      id,
      hits.map(({ id: document, score }) => ({ id: document, score })),
    );
    onProgress?.(run.size);
  }
  return run;
}
