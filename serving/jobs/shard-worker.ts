import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type * as BullMQ from 'bullmq';
import type { z } from 'zod';
import { requirePackage } from '../../src/config/optional-packages.js';
import { documentRowSchema, queryRowSchema } from '../../src/config/rows.js';
import { isErrorCode } from '../../src/errors/table.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { connectRedis } from '../redis/connect.js';
import { documentRows, embedShards, queryRows, type RowKind } from './embed-shards.js';
import { placeOfShard, type ShardPlace } from './kept-shards.js';
import { keyPrefix, openShardQueue, queueName, type ShardQueue, shardTries } from './shard-queue.js';
import { readShardRows, removeShardRows } from './shard-rows.js';
import { type ShardTask, shardTaskSchema } from './shard-task.js';
import type { EmbeddableRow, ShardCounts } from './shards.js';
import { storageOf } from './storage/storage-of.js';
import { type BorrowedModel, workerModels } from './worker-models.js';

export interface ShardWorkerOptions {
  readonly redis: string;
  /** folder of a model that stands in for those of tasks that name the same one */
  readonly model?: string;
  /** that embed at once, >= 1 */
  readonly threads: number;
  /** a worker that has been silent for so long has ended: its shard goes to another */
  readonly silentMs: number;
  /** told of rows as they are embedded */
  readonly onRows: (rows: number) => void;
  /** what is going on, and what somebody should look at */
  readonly tell: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** Takes shards of whatever jobs are handed out, until it is closed. */
export interface ShardWorker {
  readonly name: string;
  /** Ends when the shards in work are kept. */
  close(): Promise<void>;
}

/** A shard that is not seen here is given back, at most one in so long, and rests for so long. */
const unseenPauseMs = 1_000;
const restMs = 5_000;
const tellMs = 1_000;

/** @throws TandemError 'redis/*' | 'package/unavailable' */
export async function startShardWorker(options: ShardWorkerOptions): Promise<ShardWorker> {
  const { Worker, DelayedError, UnrecoverableError } = requirePackage<typeof BullMQ>('bullmq');
  const { redis: url, model, threads, silentMs, tell, warn } = options;
  const queue = await openShardQueue(url);
  const redis = await connectRedis(url, {
    onAway: reason => warn(`Redis is away (${reason}); shards in work go on, and new ones are taken when it is back`),
    onBack: () => tell('Redis is back'),
  });
  const models = workerModels(model, threads);
  const name = `${hostname()}:${process.pid}`;
  const unseen = new Set<string>();
  const inWork = new Set<Promise<unknown>>();
  const embedding = <T>(shard: Promise<T>): Promise<T> => {
    const settled = shard.catch(() => undefined).finally(() => inWork.delete(settled));
    inWork.add(settled);
    return shard;
  };
  const work = async (job: BullMQ.Job<unknown>, token: string | undefined): Promise<void> => {
    const parsed = shardTaskSchema.safeParse(job.data);
    if (!parsed.success) throw new UnrecoverableError('this is no shard that this version of Tandem knows');
    const task = parsed.data;
    const shard = doShard(task, { ...options, queue, borrow: models.borrow });
    const lacks = await embedding(shard).catch(notHere).catch(asReason);
    // nobody waits for it: it was given up, or is handed out again by whoever comes to wait for it
    if (lacks === undefined || !(await queue.isAwaited(task.job))) return;
    if (!unseen.has(lacks)) warn(`${lacks}; the shards are left to other workers`);
    unseen.add(lacks);
    await delay(unseenPauseMs);
    await job.moveToDelayed(Date.now() + restMs, token);
    throw new DelayedError();
  };
  const worker = new Worker<unknown>(queueName, work, {
    connection: redis.client,
    prefix: keyPrefix,
    name,
    concurrency: threads === 1 ? 1 : 2,
    lockDuration: silentMs,
    stalledInterval: Math.ceil(silentMs / 2),
    maxStalledCount: shardTries - 1,
  });
  // what is wrong with the connection is told by the connection
  worker.on('error', () => undefined);
  worker.on('failed', (job, error) => {
    const tried = job === undefined ? '' : ` (try ${job.attemptsMade} of ${shardTries})`;
    warn(`shard ${job?.id ?? ''}${tried}: ${error.message}`);
  });
  return {
    name,
    async close() {
      if (redis.isThere()) await worker.close();
      else {
        // nothing can be said to it: the shards in work are kept all the same
        redis.close();
        await queue.close();
        await Promise.all(inWork);
        await worker.close(true);
      }
      await models.close();
      await queue.close();
      redis.close();
    },
  };
}

/** A store that this machine cannot use is no fault of the shard. @returns what it lacks @throws any other error */
function notHere(error: unknown): string {
  const ofPlace = error instanceof TandemError && /^(storage\/|package\/unavailable$)/.test(error.code);
  if (!ofPlace) throw error;
  return `${error.code}: ${error.message}`;
}

/** What BullMQ keeps of a failure is its message. */
function asReason(error: unknown): never {
  if (error instanceof TandemError && isErrorCode(error.code)) throw new Error(`${error.code}: ${error.message}`);
  throw error;
}

interface ShardTools extends Pick<ShardWorkerOptions, 'onRows' | 'tell'> {
  readonly queue: Pick<ShardQueue, 'noteDone' | 'isThere'>;
  borrow(task: ShardTask): Promise<BorrowedModel | undefined>;
}

/** What rows of a kind are, and how they are embedded. */
interface Rows<Row extends EmbeddableRow> {
  readonly schema: z.ZodType<Row>;
  readonly kind: RowKind<Row>;
}

/**
 * Embeds a shard and keeps it, unless it is kept already. Several workers may do so at once: whoever comes later finds its record and lets go.
 * @returns what of it is not seen here, where that is so
 */
const doShard = (task: ShardTask, tools: ShardTools): Promise<string | undefined> =>
  task.kind === 'queries'
    ? doShardOf(task, { schema: queryRowSchema, kind: queryRows }, tools)
    : doShardOf(task, { schema: documentRowSchema, kind: documentRows }, tools);

async function doShardOf<Row extends EmbeddableRow>(
  task: ShardTask,
  { schema, kind }: Rows<Row>,
  { queue, borrow, onRows, tell }: ShardTools,
): Promise<string | undefined> {
  const { job, number, folder, ending, batch } = task;
  const storage = await storageOf(folder);
  const place = placeOfShard(storage, number, ending);
  // in this order: the rows go when the record is there
  const shard = await readShardRows(storage, number, schema);
  const record = await place.record();
  if (record !== undefined) {
    await tellDone(queue, job, number, record.rows);
    return undefined;
  }
  if (shard === undefined) return `${folder} is not here, or holds no shard ${number}`;
  if (shard === 'altered') throw new Error('its rows were altered since they were written');
  const model = await borrow(task);
  if (model === undefined) return `the model ${task.modelId.slice(0, 12)} is neither at ${task.model} nor at --model`;
  const began = performance.now();
  try {
    await embedShards([shard], model.embedder, keeperOf(place), { kind, width: model.width, batch, onRows });
  } catch (error) {
    // the job has come to its end without this worker, and its folder is gone
    if ((await place.isWanted()) && (await place.record()) === undefined) throw error;
    return undefined;
  } finally {
    model.release();
  }
  await tellDone(queue, job, number, shard.rows.length);
  await removeShardRows(storage, number);
  const seconds = (performance.now() - began) / 1000;
  tell(`shard ${number} of ${folder}: ${shard.rows.length} rows in ${seconds.toFixed(1)} s`);
  return undefined;
}

/** What is kept is kept: nobody waits for a Redis that is away to hear of it. Whoever waits for the job tells it when Redis is back. */
async function tellDone(queue: ShardTools['queue'], job: string, number: number, rows: number): Promise<void> {
  if (!queue.isThere()) return;
  const told = queue.noteDone(job, [{ number, rows }]).catch(() => undefined);
  await Promise.race([told, delay(tellMs, undefined, { ref: false })]);
}

/** Who comes later finds a record, or the job gone, and writes nothing. */
const keeperOf = (place: ShardPlace) => ({
  done: new Map<number, ShardCounts>(),
  keep: async (...kept: Parameters<ShardPlace['keep']>): Promise<void> => {
    if ((await place.isWanted()) && (await place.record()) === undefined) await place.keep(...kept);
  },
});
