import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { writeWhole } from '../../src/files/atomic.js';
import { parseSealedJson, sealedJson } from '../../src/files/sealed-json.js';
import type { EmbeddedBatch } from './embed-batch.js';
import { type DeadLetter, type ShardCounts, sumOfShards } from './shards.js';
import type { JobStorage } from './storage/job-storage.js';
import { joinEmbeddings, writeEmbeddings } from './write-embeddings.js';

const manifestFile = 'job.json';
const recordEnding = '.json';
const deadEnding = '.dead.jsonl';

/** Whatever the result depends on: shards are gone on with only where all of it is as it was. */
export type JobIdentity = Readonly<Record<string, unknown>>;

const manifestSchema = z.strictObject({
  format: z.literal('tandem-embedding-job'),
  version: z.literal(1),
  identity: z.record(z.string(), z.unknown()),
  /** rows that can be embedded */
  rows: z.int().min(0),
});

const countsSchema: z.ZodType<ShardCounts> = z.strictObject({
  rows: z.int(),
  nothingToEmbed: z.int(),
  deadLetters: z.int(),
  texts: z.strictObject({ texts: z.int(), longer: z.int(), tokens: z.int(), cut: z.int() }),
});

/**
 * What a job keeps of its shards in its storage, each a file of the kind that is wanted in the end. `job.json` says of what; `N.json` stands beside
 * the files of shard N when these are whole and kept, so that a shard is made once, however often the process is killed.
 */
export interface KeptShards {
  readonly storage: JobStorage;
  /** rows of the whole input that can be embedded */
  readonly rows: number;
  /** by number */
  readonly done: ReadonlyMap<number, ShardCounts>;
  /** of those that are done */
  sum(): ShardCounts;
  /** Finds what others have kept meanwhile. */
  look(): Promise<void>;
  /** Keeps a shard for good. */
  keep(number: number, embedded: EmbeddedBatch, deadLetters: readonly DeadLetter[], counts: ShardCounts): Promise<void>;
  /** Puts all shards together in a folder of this machine, and their dead letters where there are any. @returns paths */
  join(folder: string): Promise<{ readonly embeddings: string; readonly deadLetters?: string }>;
}

/** Names of storages of jobs; `job.json` lay in the place of these in earlier versions. */
const isJob = (name: string): boolean => /^[0-9a-f]{16}$/.test(name);

/** Names that a job gives; one that was being taken away has no manifest any more. */
const isOfJob = (name: string): boolean =>
  /^(?:\d{8}|joined)\.(?:json|rows\.json|jsonl|dead\.jsonl|parquet)$/.test(name);

/** Takes a job away. What says of what it is goes first: where this is interrupted, what is left is no job that could be gone on with. */
async function removeJob(storage: JobStorage): Promise<void> {
  await storage.remove([manifestFile]);
  await storage.remove();
}

/** Takes the jobs of a place away, and the place. */
export async function removeJobs(place: JobStorage): Promise<void> {
  const jobs = (await place.names()).filter(isJob);
  await Promise.all(jobs.map(name => removeJob(place.inside(name))));
  await removeJob(place);
}

/**
 * The storage of one job among those of a place: another job has another one, so that whoever still writes for an earlier job never writes into it. Those of other jobs are removed.
 * @throws TandemError 'files/not-ours' where the place holds something else
 */
export async function storageOfJob(place: JobStorage, identity: JobIdentity): Promise<JobStorage> {
  const own = createHash('sha256')
    .update(JSON.stringify([place.address, identity]))
    .digest('hex')
    .slice(0, 16);
  const names = await place.names();
  if (!names.includes(manifestFile) && !names.every(name => isJob(name) || place.isLitter(name) || isOfJob(name)))
    throw notOurs(place.address);
  const others = names.filter(name => name !== own);
  await place.remove(others.filter(name => !isJob(name)));
  await Promise.all(others.filter(isJob).map(name => removeJob(place.inside(name))));
  return place.inside(own);
}

const notOurs = (path: string): TandemError =>
  new TandemError('files/not-ours', `${path}: is wanted for what is not finished yet, and holds something else`, {
    path,
  });

/**
 * Finds the shards of an earlier run of the same job.
 * @param shared  others may be writing there now
 * @returns nothing where there are none; those of another job are then removed
 * @throws TandemError 'files/not-ours' where the storage holds something else
 */
export async function findShards(
  storage: JobStorage,
  ending: string,
  identity: JobIdentity,
  shared = false,
): Promise<KeptShards | undefined> {
  const names = await storage.names();
  if (names.length === 0) return undefined;
  if (!names.includes(manifestFile) && names.some(name => !storage.isLitter(name) && !isOfJob(name)))
    throw notOurs(storage.address);
  const manifest = await readWhole(storage, manifestFile, manifestSchema);
  if (manifest === undefined || !isDeepStrictEqual(manifest.identity, JSON.parse(JSON.stringify(identity)))) {
    await removeJob(storage);
    return undefined;
  }
  if (!shared) await storage.remove(names.filter(storage.isLitter));
  const shards = keptShards(storage, ending, manifest.rows);
  await shards.look();
  return shards;
}

/** One shard of a job that is kept, for whoever embeds it alone. */
export interface ShardPlace {
  /** whether the job is still wanted: its manifest is there, as this machine sees it */
  isWanted(): Promise<boolean>;
  /** what became of it, where it is kept */
  record(): Promise<ShardCounts | undefined>;
  keep: KeptShards['keep'];
}

export const placeOfShard = (storage: JobStorage, number: number, ending: string): ShardPlace => ({
  isWanted: () => storage.has(manifestFile),
  record: () => readWhole(storage, nameOf(number, recordEnding), countsSchema),
  keep: keptShards(storage, ending, 0).keep,
});

/** Begins a job, where findShards has found none. @param rows  of the input that can be embedded */
export async function beginShards(
  storage: JobStorage,
  ending: string,
  identity: JobIdentity,
  rows: number,
): Promise<KeptShards> {
  await storage.begin();
  await storage.write(manifestFile, sealedJson({ format: 'tandem-embedding-job', version: 1, identity, rows }, 1));
  return keptShards(storage, ending, rows);
}

/** @returns nothing where there is none or it is not as it was written: what it says is found out again */
async function readWhole<T extends object>(
  storage: JobStorage,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const text = await storage.read(name);
  const found = text === undefined ? undefined : parseSealedJson(text, schema);
  return found === 'altered' ? undefined : found;
}

const nameOf = (number: number, ending: string): string => `${String(number).padStart(8, '0')}${ending}`;

/** Records that are read at once. */
const readsAtOnce = 16;

function keptShards(storage: JobStorage, ending: string, rows: number): KeptShards {
  const done = new Map<number, ShardCounts>();
  const numbers = (): number[] => [...done.keys()].sort((a, b) => a - b);
  const joined = (parts: readonly number[], end: string, folder: string): Promise<string> => {
    const path = join(folder, `joined${end}`);
    const names = parts.map(number => nameOf(number, end));
    return storage.lend(names, folder, paths => joinEmbeddings(paths, path)).then(() => path);
  };
  return {
    storage,
    rows,
    done,
    sum: () => sumOfShards([...done.values()]),
    async look() {
      const unknown = (await storage.names())
        .filter(name => /^\d+\.json$/.test(name) && !done.has(Number.parseInt(name, 10)))
        .sort();
      for (let from = 0; from < unknown.length; from += readsAtOnce) {
        const names = unknown.slice(from, from + readsAtOnce);
        const records = await Promise.all(names.map(name => readWhole(storage, name, countsSchema)));
        records.forEach((counts, i) => {
          if (counts !== undefined) done.set(Number.parseInt(names[i], 10), counts);
        });
      }
    },
    async keep(number, embedded, deadLetters, counts) {
      await storage.keep(nameOf(number, ending), path => writeEmbeddings(path, [embedded]));
      if (deadLetters.length > 0)
        await storage.keep(nameOf(number, deadEnding), path =>
          writeWhole(path, deadLetters.map(letter => `${JSON.stringify(letter)}\n`).join('')),
        );
      // a record that says less than it was written as is replaced
      await storage.write(nameOf(number, recordEnding), sealedJson(counts));
      done.set(number, counts);
    },
    async join(folder) {
      const embeddings = await joined(numbers(), ending, folder);
      const withDead = numbers().filter(number => (done.get(number)?.deadLetters ?? 0) > 0);
      if (withDead.length === 0) return { embeddings };
      return { embeddings, deadLetters: await joined(withDead, deadEnding, folder) };
    },
  };
}
