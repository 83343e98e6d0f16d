import { basename, extname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeptShards } from '../../../serving/jobs/kept-shards.js';
import { openShardQueue, type SetAside, type ShardQueue, shardTries } from '../../../serving/jobs/shard-queue.js';
import { idsOfShard, writeShardRows } from '../../../serving/jobs/shard-rows.js';
import { endingSchema, type HandedJob, type ShardTask } from '../../../serving/jobs/shard-task.js';
import { type EmbeddableRow, inShards } from '../../../serving/jobs/shards.js';
import { shownRedisUrl } from '../../config/redis.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { Watch } from '../watch.js';
import type { Embed, EmbedWork, OpenEmbed } from './embed-work.js';

/** Between two looks at what is kept: a store of objects that takes long for one is looked at less often. */
const lookEveryMs = 500;
const looksShare = 0.1;
/** Says to Redis that the job is waited for, and to the user that nobody works. */
const signEveryMs = 10_000;
/** What Redis has lost is handed out again. */
const againEveryMs = 30_000;
/** For which Redis may take to hear of the end. */
const endMs = 5_000;
/** Handed out in one request. */
const tasksAtOnce = 100;
/** Of those that were set aside, whose reasons are told. */
const mostTold = 5;

/**
 * Hands shards out through Redis, to `tandem worker` on whatever machines see the same folders or store, and waits until all are kept.
 * @throws TandemError 'redis/*' | 'package/unavailable'
 */
export async function openWorkers(url: string, watch: Watch): Promise<OpenEmbed> {
  // what Redis had not yet written down when it ended is handed out again
  const lost = { any: false };
  const queue = await openShardQueue(url, {
    onAway: reason => watch.tell(`Redis is away (${reason}); shards in work go on, and the others when it is back`),
    onBack: () => {
      watch.tell('Redis is back');
      lost.any = true;
    },
  });
  const embed: Embed = async work => {
    const shards = await work.begin();
    const id = basename(shards.storage.address);
    const signs = await startSigns(queue, id, url, watch);
    try {
      const about: HandedJob = { ...aboutOf(work), began: new Date().toISOString() };
      // the same command may have come to its end before
      if (shards.done.size === 0) await queue.forget(id);
      await queue.note(id, about);
      const tasks = await handOut(shards, queue, work, watch);
      const whole: HandedJob = { ...about, shards: tasks.length };
      await queue.note(id, whole);
      const handAgain = async (missing: readonly ShardTask[]): Promise<void> => {
        await queue.note(id, whole);
        await queue.noteDone(id, keptIn(shards));
        await queue.add(missing);
      };
      await allKept(shards, queue, tasks, { lost, handAgain }, watch);
      return { shards, workers: await tellEnd(queue, id, { ...whole, ended: new Date().toISOString() }) };
    } catch (error) {
      const kept = `${shards.sum().rows} of ${work.rows} rows are kept in ${shards.storage.address}`;
      watch.tell(`${kept}; workers go on with what is handed out, and the same command with what they make`);
      throw error;
    } finally {
      clearInterval(signs);
    }
  };
  return { embed, close: queue.close };
}

/** All is kept: nobody waits for a Redis that is away to hear of it. @returns workers that are there, as far as it says so */
async function tellEnd(queue: ShardQueue, id: string, job: HandedJob): Promise<number> {
  if (!queue.isThere()) return 0;
  const told = Promise.all([queue.workers(), queue.note(id, job)]).catch(() => undefined);
  const [workers = []] = (await Promise.race([told, delay(endMs, undefined, { ref: false })])) ?? [];
  return workers.length;
}

const aboutOf = ({ kind, out, modelId, rows }: EmbedWork<EmbeddableRow>): Omit<HandedJob, 'began'> => ({
  kind,
  out: resolve(out),
  modelId,
  rows,
});

/** Tells Redis that somebody waits, and the user once that nobody works. */
async function startSigns(queue: ShardQueue, id: string, url: string, watch: Watch): Promise<NodeJS.Timeout> {
  let told = false;
  const sign = async (): Promise<void> => {
    if (!queue.isThere()) return;
    await queue.await(id);
    if (told || (await queue.workers()).length > 0) return;
    told = true;
    watch.tell(`no worker is there: start some with \`tandem worker --redis ${shownRedisUrl(url)}\``);
  };
  await sign();
  return setInterval(() => void sign().catch(() => undefined), signEveryMs).unref();
}

const keptIn = ({ done }: KeptShards): { number: number; rows: number }[] =>
  [...done].map(([number, { rows }]) => ({ number, rows }));

/** @returns the tasks of all shards, by number */
async function handOut<Row extends EmbeddableRow>(
  shards: KeptShards,
  queue: ShardQueue,
  work: EmbedWork<Row>,
  watch: Watch,
): Promise<ShardTask[]> {
  const { kind, modelId, batch, pictures } = work;
  const job = basename(shards.storage.address);
  const ending = endingSchema.parse(extname(work.out).toLowerCase());
  const places = {
    folder: shards.storage.address,
    model: resolve(work.model),
    pictures: pictures && resolve(pictures),
  };
  const progress = watch.progress('handing out', 'rows', work.rows);
  const tasks: ShardTask[] = [];
  let wanting: ShardTask[] = [];
  let rows = 0;
  try {
    await queue.noteDone(job, keptIn(shards));
    await queue.retry(job);
    for await (const shard of inShards(work.read())) {
      const task: ShardTask = { job, number: shard.number, kind, ending, modelId, batch, ...places };
      tasks.push(task);
      rows += shard.rows.length;
      progress.update(rows);
      if (shards.done.has(shard.number)) continue;
      await writeShardRows(shards.storage, shard);
      wanting.push(task);
      if (wanting.length < tasksAtOnce) continue;
      await queue.add(wanting);
      wanting = [];
    }
    await queue.add(wanting);
  } finally {
    progress.finish();
  }
  return tasks;
}

/** Waits until all shards are kept: the storage, and not Redis, says what is done. @throws TandemError 'job/shards-failed' */
async function allKept(
  shards: KeptShards,
  queue: ShardQueue,
  tasks: readonly ShardTask[],
  { lost, handAgain }: { lost: { any: boolean }; handAgain: (missing: readonly ShardTask[]) => Promise<void> },
  watch: Watch,
): Promise<void> {
  const progress = watch.progress('embedding', 'rows', shards.rows, shards.sum().rows);
  try {
    for (let last = performance.now(); ; ) {
      const began = performance.now();
      await shards.look();
      const pause = Math.max(lookEveryMs, (performance.now() - began) / looksShare);
      progress.update(shards.sum().rows);
      const missing = tasks.filter(({ number }) => !shards.done.has(number));
      if (missing.length === 0) return;
      if (queue.isThere()) {
        const aside = (await queue.setAside()).filter(
          ({ job, number }) => job === missing[0].job && !shards.done.has(number),
        );
        if (aside.length >= missing.length) await refuse(shards, aside, tasks.length);
        if (lost.any || performance.now() - last > againEveryMs) {
          [lost.any, last] = [false, performance.now()];
          await handAgain(missing);
        }
      }
      await delay(pause, undefined, { signal: watch.signal });
    }
  } finally {
    progress.finish();
  }
}

/** Some were kept after all, by a worker that had been given up: they are no failures. */
async function refuse(shards: KeptShards, aside: readonly SetAside[], all: number): Promise<void> {
  await shards.look();
  const failed = aside.filter(({ number }) => !shards.done.has(number)).sort((a, b) => a.number - b.number);
  if (failed.length === 0) return;
  const told = await Promise.all(
    failed.slice(0, mostTold).map(async ({ number, reason }) => {
      const rows = await idsOfShard(shards.storage, number);
      return `shard ${number}${rows.length > 0 ? ` (${rows[0]} to ${rows.at(-1)})` : ''}: ${reason}`;
    }),
  );
  const more = failed.length > mostTold ? `; and ${failed.length - mostTold} more` : '';
  throw new TandemError(
    'job/shards-failed',
    `${failed.length} of ${all} shards failed ${shardTries} times: ${told.join('; ')}${more}`,
    { shards: failed.map(({ number, reason }) => ({ number, reason })) },
  );
}
