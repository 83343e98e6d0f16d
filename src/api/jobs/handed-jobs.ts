import { type KnownJob, openShardQueue, type SetAside } from '../../../serving/jobs/shard-queue.js';

/** How far a job is whose shards are handed out. */
export interface HandedJobState {
  readonly id: string;
  readonly kind: KnownJob['kind'];
  readonly out: string;
  readonly modelId: string;
  /** `unwatched`: no command waits for it that would put it together; the workers go on */
  readonly state: 'running' | 'unwatched' | 'done';
  /** that can be embedded */
  readonly rows: number;
  readonly rowsDone: number;
  /** absent until all of the input has been handed out */
  readonly shards?: number;
  readonly shardsDone: number;
  readonly setAside: readonly Omit<SetAside, 'job'>[];
  readonly rowsPerSecond: number;
  readonly secondsLeft?: number;
  /** ISO 8601 */
  readonly began: string;
  readonly ended?: string;
}

/** The rate is that of so long. */
const rateMs = 300_000;

/** The jobs of a Redis, the newest first, and who works. @throws TandemError 'redis/*' | 'package/unavailable' */
export async function listHandedJobs(
  redis: string,
): Promise<{ readonly jobs: readonly HandedJobState[]; readonly workers: readonly string[] }> {
  const queue = await openShardQueue(redis, { tries: 1 });
  try {
    const [jobs, aside, workers] = await Promise.all([queue.jobs(), queue.setAside(), queue.workers()]);
    const now = Date.now();
    return { jobs: jobs.map(job => stateOf(job, aside, now)), workers };
  } finally {
    await queue.close();
  }
}

/** @param now  milliseconds since 1970 */
export function stateOf(
  { id, kind, out, modelId, rows, shards, began, ended, awaited, done }: KnownJob,
  aside: readonly SetAside[],
  now: number,
): HandedJobState {
  const kept = [...done.values()];
  const rowsDone = kept.reduce((sum, shard) => sum + shard.rows, 0);
  const running = ended === undefined;
  const rowsPerSecond = rateOf(kept, Date.parse(began), running ? now : Date.parse(ended));
  return {
    id,
    kind,
    out,
    modelId,
    state: running ? (awaited ? 'running' : 'unwatched') : 'done',
    rows,
    rowsDone,
    ...(shards !== undefined && { shards }),
    shardsDone: done.size,
    setAside: aside.filter(({ job }) => job === id).map(({ number, reason }) => ({ number, reason })),
    rowsPerSecond,
    ...(running && rowsPerSecond > 0 && { secondsLeft: Math.round((rows - rowsDone) / rowsPerSecond) }),
    began,
    ...(ended !== undefined && { ended }),
  };
}

/** Rows a second, of the shards that were kept in the last minutes, since the job began where that is less. */
function rateOf(shards: readonly { readonly rows: number; readonly at: number }[], began: number, now: number): number {
  const from = Math.max(began, now - rateMs);
  const recent = shards.filter(({ at }) => at > from).reduce((sum, { rows }) => sum + rows, 0);
  return now > from ? Number(((1000 * recent) / (now - from)).toFixed(1)) : 0;
}
