import { availableParallelism } from 'node:os';
import { startShardWorker } from '../../../serving/jobs/shard-worker.js';
import type { Watch } from '../watch.js';

export interface WorkShardsOptions {
  readonly redis: string;
  /** folder of a model that stands in for those of jobs that name the same one */
  readonly model?: string;
  /** threads; one for each core when absent */
  readonly workers?: number;
  /** a worker that has given no sign for so long has ended */
  readonly silentSeconds: number;
}

/**
 * Embeds the shards that are handed out through a Redis, until the signal ends it.
 * @returns when it is connected; `closed` when the shards in work are kept
 * @throws TandemError 'redis/*' | 'package/unavailable'
 */
export async function workShards(
  { redis, model, workers = availableParallelism(), silentSeconds }: WorkShardsOptions,
  { signal, progress: begin, tell, warn }: Watch,
): Promise<{ readonly name: string; readonly closed: Promise<void> }> {
  let rows = 0;
  const progress = begin('embedding', 'rows');
  const worker = await startShardWorker({
    redis,
    model,
    threads: workers,
    silentMs: silentSeconds * 1000,
    onRows: more => {
      rows += more;
      // the shards in work are kept after a signal too
      if (!signal.aborted) progress.update(rows);
    },
    tell,
    warn,
  });
  const ended = new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const closed = ended.then(worker.close).finally(() => progress.finish());
  return { name: worker.name, closed };
}
