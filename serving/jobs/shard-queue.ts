import type * as BullMQ from 'bullmq';
import { z } from 'zod';
import { requirePackage } from '../../src/config/optional-packages.js';
import { connectRedis, type Redis, type RedisWatch } from '../redis/connect.js';
import { type HandedJob, handedJobSchema, type ShardTask, shardTaskSchema } from './shard-task.js';

export const queueName = 'shards';
/** Of all that is kept in Redis. */
export const keyPrefix = 'tandem';
/** A shard is tried so often before it is set aside. */
export const shardTries = 5;
/** After the first try; twice as long after each further one. */
const retryAfterMs = 500;
/** Without a sign for so long, nobody waits for a job. */
const awaitedSeconds = 60;
/** What is known of a job is forgotten so long after it was last heard of. */
const keptSeconds = 7 * 24 * 3600;

/** A shard that could not be embedded, and why. */
export interface SetAside {
  readonly job: string;
  readonly number: number;
  readonly reason: string;
}

/** A job whose shards are handed out, as Redis knows it: from every machine. */
export interface KnownJob extends HandedJob {
  readonly id: string;
  /** whether a command waits for it, which puts the shards together */
  readonly awaited: boolean;
  /** by number: their rows, and when they were kept, milliseconds since 1970 */
  readonly done: ReadonlyMap<number, { readonly rows: number; readonly at: number }>;
}

/** The shards that wait for workers, and what is told of their jobs. The folder of a job says what is done of it; this says who does it. */
export interface ShardQueue {
  /** Hands shards out, unless they are handed out already. */
  add(tasks: readonly ShardTask[]): Promise<void>;
  setAside(): Promise<readonly SetAside[]>;
  /** Lets go of the shards of a job that were set aside, so that they can be handed out anew. */
  retry(job: string): Promise<void>;
  /** names of the workers that are connected */
  workers(): Promise<readonly string[]>;
  /** Lets go of what is known of a job, before it is begun anew. */
  forget(id: string): Promise<void>;
  note(id: string, job: HandedJob): Promise<void>;
  noteDone(id: string, shards: readonly { readonly number: number; readonly rows: number }[]): Promise<void>;
  /** Says that somebody waits for a job. */
  await(id: string): Promise<void>;
  isAwaited(id: string): Promise<boolean>;
  jobs(): Promise<readonly KnownJob[]>;
  /** whether Redis can be asked now */
  isThere(): boolean;
  close(): Promise<void>;
}

const keyOf = (id: string): string => `${keyPrefix}:job:${id}`;
const awaitedKey = (id: string): string => `${keyOf(id)}:awaited`;
const jobsKey = `${keyPrefix}:jobs`;
const aboutField = 'job';

/** @throws TandemError 'redis/*' | 'package/unavailable' */
export async function openShardQueue(url: string, watch: RedisWatch = {}): Promise<ShardQueue> {
  const { Queue } = requirePackage<typeof BullMQ>('bullmq');
  const connection = await connectRedis(url, watch);
  const redis = connection.client;
  const queue = new Queue<ShardTask>(queueName, { connection: redis, prefix: keyPrefix });
  // what is wrong with the connection is told by the connection
  queue.on('error', () => undefined);
  const failed = async (job?: string) => {
    const found: { task: ShardTask; reason: string; remove: () => Promise<void> }[] = [];
    for (const entry of await queue.getFailed()) {
      const task = shardTaskSchema.safeParse(entry?.data);
      if (!task.success || (job !== undefined && task.data.job !== job)) continue;
      found.push({ task: task.data, reason: reasonOf(entry.failedReason), remove: () => entry.remove() });
    }
    return found;
  };
  return {
    async add(tasks) {
      await queue.addBulk(
        tasks.map(task => ({
          name: task.kind,
          data: task,
          opts: {
            jobId: `${task.job}-${task.number}`,
            attempts: shardTries,
            backoff: { type: 'exponential', delay: retryAfterMs },
            removeOnComplete: true,
            removeOnFail: false,
          },
        })),
      );
    },
    setAside: async () => (await failed()).map(({ task: { job, number }, reason }) => ({ job, number, reason })),
    async retry(job) {
      for (const entry of await failed(job)) await entry.remove();
    },
    workers: async () => (await queue.getWorkers()).map(({ rawname = '' }) => rawname.split(':w:')[1] ?? rawname),
    forget: async id => void (await redis.del(keyOf(id))),
    note: (id, job) => keep(redis, id, changes => changes.hset(keyOf(id), aboutField, JSON.stringify(job))),
    noteDone: (id, shards) =>
      keep(redis, id, changes => {
        // the first who says so was there
        for (const { number, rows } of shards) changes.hsetnx(keyOf(id), String(number), `${rows}:${Date.now()}`);
      }),
    await: async id => void (await redis.set(awaitedKey(id), '1', 'EX', awaitedSeconds)),
    isAwaited: async id => (await redis.exists(awaitedKey(id))) === 1,
    async jobs() {
      const ids = await redis.zrevrange(jobsKey, 0, -1);
      const known = await Promise.all(ids.map(id => readJob(redis, id)));
      return known.filter(job => job !== undefined);
    },
    isThere: connection.isThere,
    async close() {
      if (connection.isThere()) await queue.close();
      connection.close();
    },
  };
}

async function keep(redis: Redis, id: string, change: (changes: ReturnType<Redis['multi']>) => void): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const changes = redis.multi();
  change(changes);
  changes.expire(keyOf(id), keptSeconds);
  changes.zadd(jobsKey, now, id);
  changes.zremrangebyscore(jobsKey, 0, now - keptSeconds);
  await changes.exec();
}

const doneSchema = z.string().regex(/^\d+:\d+$/);

async function readJob(redis: Redis, id: string): Promise<KnownJob | undefined> {
  const [{ [aboutField]: about = 'null', ...fields }, awaited] = await Promise.all([
    redis.hgetall(keyOf(id)),
    redis.exists(awaitedKey(id)),
  ]);
  const job = handedJobSchema.safeParse(JSON.parse(about));
  if (!job.success) return undefined;
  const done = Object.entries(fields).map(([number, value]) => {
    const [rows, at] = doneSchema.parse(value).split(':').map(Number);
    return [Number(number), { rows, at }] as const;
  });
  return { ...job.data, id, awaited: awaited === 1, done: new Map(done) };
}

/** BullMQ says of a shard whose workers were killed that it stalled. */
const reasonOf = (reason: string): string =>
  /stalled more than/.test(reason) ? `${shardTries} workers ended over it: killed, or out of memory` : reason;
