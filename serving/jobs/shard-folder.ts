import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { asFileError, writeWhole } from '../../src/files/atomic.js';
import { isThere } from '../../src/files/is-there.js';
import { readSealedJson, sealedJson } from '../../src/files/sealed-json.js';
import type { EmbeddedBatch } from './embed-batch.js';
import { type DeadLetter, type ShardCounts, sumOfShards } from './shards.js';
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
 * The folder that a job keeps its shards in, each a file of the kind that is wanted in the end. `job.json` says of what; `N.json` stands beside
 * the files of shard N when these are whole and on disk, so that a shard is made once, however often the process is killed.
 */
export interface ShardFolder {
  readonly path: string;
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
  /** Puts all shards together under a name in the folder, and their dead letters where there are any. @returns paths */
  join(): Promise<{ readonly embeddings: string; readonly deadLetters?: string }>;
}

/**
 * Takes the folders of jobs away, and the place that they lie in; somebody who comes too late may just be writing there. What says of what they are goes first: where
 * this is interrupted, what is left is no job that could be gone on with.
 */
export async function removeShards(place: string): Promise<void> {
  const folders = (await namesIn(place)).filter(isJobFolder);
  await Promise.all(folders.map(name => removeFolder(join(place, name))));
  await removeFolder(place);
}

async function removeFolder(path: string): Promise<void> {
  await rm(join(path, manifestFile), { force: true });
  await removeAll(path);
}

const removeAll = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });

/** Names of folders of jobs; `job.json` lay in the place of these in earlier versions. */
const isJobFolder = (name: string): boolean => /^[0-9a-f]{16}$/.test(name);

/**
 * The folder of one job among those of a place: another job has another one, so that whoever still writes for an earlier job never writes into it. Those of other jobs are removed.
 * @throws TandemError 'files/not-ours' where the place holds something else
 */
export async function folderOfJob(place: string, identity: JobIdentity): Promise<string> {
  const own = createHash('sha256')
    .update(JSON.stringify([place, identity]))
    .digest('hex')
    .slice(0, 16);
  const names = await namesIn(place);
  if (!names.includes(manifestFile) && !names.every(name => isJobFolder(name) || isLeft(name))) throw notOurs(place);
  const others = names.filter(name => name !== own);
  await Promise.all(others.map(name => (isJobFolder(name) ? removeFolder : removeAll)(join(place, name))));
  return join(place, own);
}

/** None where there is no folder. */
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw asFileError(folder, error);
  });

const notOurs = (path: string): TandemError =>
  new TandemError('files/not-ours', `${path}: is wanted for what is not finished yet, and holds something else`, {
    path,
  });

/**
 * Finds the shards of an earlier run of the same job.
 * @param shared  others may be writing there now
 * @returns nothing where there are none; those of another job are then removed
 * @throws TandemError 'files/not-ours' where the folder holds something else
 */
export async function findShards(
  folder: string,
  ending: string,
  identity: JobIdentity,
  shared = false,
): Promise<ShardFolder | undefined> {
  const names = await namesIn(folder);
  if (names.length === 0) return undefined;
  if (!names.includes(manifestFile) && !names.every(isLeft)) throw notOurs(folder);
  const manifest = await readWhole(join(folder, manifestFile), manifestSchema);
  if (manifest === undefined || !isDeepStrictEqual(manifest.identity, JSON.parse(JSON.stringify(identity)))) {
    await removeFolder(folder);
    return undefined;
  }
  const litter = shared ? [] : names.filter(isLitter);
  await Promise.all(litter.map(name => rm(join(folder, name), { recursive: true, force: true })));
  const shards = shardFolder(folder, ending, manifest.rows);
  await shards.look();
  return shards;
}

/** One shard of a job that is kept in a folder, for whoever embeds it alone. */
export interface ShardPlace {
  /** whether the job is still wanted: its folder is there, as this machine sees it */
  isWanted(): Promise<boolean>;
  /** what became of it, where it is kept */
  record(): Promise<ShardCounts | undefined>;
  keep: ShardFolder['keep'];
}

export const placeOfShard = (folder: string, number: number, ending: string): ShardPlace => ({
  isWanted: () => isThere(join(folder, manifestFile)),
  record: () => readWhole(join(folder, nameOf(number, recordEnding)), countsSchema),
  keep: shardFolder(folder, ending, 0).keep,
});

/** Begins a folder, where findShards has found none. @param rows  of the input that can be embedded */
export async function beginShards(
  folder: string,
  ending: string,
  identity: JobIdentity,
  rows: number,
): Promise<ShardFolder> {
  try {
    await mkdir(folder, { recursive: true });
    await writeWhole(
      join(folder, manifestFile),
      sealedJson({ format: 'tandem-embedding-job', version: 1, identity, rows }, 1),
    );
  } catch (error) {
    throw asFileError(folder, error);
  }
  return shardFolder(folder, ending, rows);
}

/** What a killed write leaves. */
const isLitter = (name: string): boolean => /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name);

/** What a killed removal leaves: files of shards, and what they were joined to, without what says of what. */
const isLeft = (name: string): boolean =>
  isLitter(name) || /^(?:\d{8}|joined)\.(?:json|rows\.json|jsonl|dead\.jsonl|parquet)$/.test(name);

/** @returns nothing where the file is not there or not as it was written: what it says is found out again */
async function readWhole<T extends object>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const found = await readSealedJson(path, schema);
  return found === 'altered' ? undefined : found;
}

const nameOf = (number: number, ending: string): string => `${String(number).padStart(8, '0')}${ending}`;

function shardFolder(path: string, ending: string, rows: number): ShardFolder {
  const done = new Map<number, ShardCounts>();
  const file = (number: number, end: string): string => join(path, nameOf(number, end));
  const numbers = (): number[] => [...done.keys()].sort((a, b) => a - b);
  return {
    path,
    rows,
    done,
    sum: () => sumOfShards([...done.values()]),
    async look() {
      for (const name of (await namesIn(path)).filter(name => /^\d+\.json$/.test(name))) {
        const number = Number.parseInt(name, 10);
        const counts = done.has(number) ? undefined : await readWhole(join(path, name), countsSchema);
        if (counts !== undefined) done.set(number, counts);
      }
    },
    async keep(number, embedded, deadLetters, counts) {
      await writeEmbeddings(file(number, ending), [embedded]);
      if (deadLetters.length > 0)
        await writeWhole(file(number, deadEnding), deadLetters.map(letter => `${JSON.stringify(letter)}\n`).join(''));
      await writeWhole(file(number, recordEnding), sealedJson(counts));
      done.set(number, counts);
    },
    async join() {
      const embeddings = join(path, `joined${ending}`);
      await joinEmbeddings(
        numbers().map(number => file(number, ending)),
        embeddings,
      );
      const withDead = numbers().filter(number => (done.get(number)?.deadLetters ?? 0) > 0);
      if (withDead.length === 0) return { embeddings };
      const deadLetters = join(path, `joined${deadEnding}`);
      await joinEmbeddings(
        withDead.map(number => file(number, deadEnding)),
        deadLetters,
      );
      return { embeddings, deadLetters };
    },
  };
}
