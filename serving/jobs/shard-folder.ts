import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { asFileError, writeWhole } from '../../src/files/atomic.js';
import { readSealedJson, sealedJson } from '../../src/files/sealed-json.js';
import type { EmbeddedBatch } from './embed-batch.js';
import type { DeadLetter, ShardCounts } from './shards.js';
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
  /** rows of the whole input that can be embedded */
  readonly rows: number;
  /** by number */
  readonly done: ReadonlyMap<number, ShardCounts>;
  /** Keeps a shard for good. */
  keep(number: number, embedded: EmbeddedBatch, deadLetters: readonly DeadLetter[], counts: ShardCounts): Promise<void>;
  /** Puts all shards together under a name in the folder, and their dead letters where there are any. @returns paths */
  join(): Promise<{ readonly embeddings: string; readonly deadLetters?: string }>;
  remove(): Promise<void>;
}

/**
 * Finds the shards of an earlier run of the same job.
 * @returns nothing where there are none; those of another job are then removed
 * @throws TandemError 'files/not-ours' where the folder holds something else
 */
export async function findShards(
  folder: string,
  ending: string,
  identity: JobIdentity,
): Promise<ShardFolder | undefined> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw asFileError(folder, error);
  });
  if (names.length === 0) return undefined;
  if (!names.includes(manifestFile) && names.some(name => !isLitter(name)))
    throw new TandemError(
      'files/not-ours',
      `${folder}: is wanted for what is not finished yet, and holds something else`,
      {
        path: folder,
      },
    );
  const manifest = await readWhole(join(folder, manifestFile), manifestSchema);
  if (manifest === undefined || !isDeepStrictEqual(manifest.identity, JSON.parse(JSON.stringify(identity)))) {
    await rm(folder, { recursive: true });
    return undefined;
  }
  await Promise.all(names.filter(isLitter).map(name => rm(join(folder, name), { recursive: true, force: true })));
  const done = new Map<number, ShardCounts>();
  for (const name of names.filter(name => /^\d+\.json$/.test(name))) {
    const counts = await readWhole(join(folder, name), countsSchema);
    if (counts !== undefined) done.set(Number.parseInt(name, 10), counts);
  }
  return shardFolder(folder, ending, manifest.rows, done);
}

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
  return shardFolder(folder, ending, rows, new Map());
}

/** What a killed write leaves. */
const isLitter = (name: string): boolean => /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name);

/** @returns nothing where the file is not there or not as it was written: what it says is found out again */
async function readWhole<T extends object>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const found = await readSealedJson(path, schema);
  return found === 'altered' ? undefined : found;
}

function shardFolder(folder: string, ending: string, rows: number, done: Map<number, ShardCounts>): ShardFolder {
  const file = (number: number, end: string): string => join(folder, `${String(number).padStart(8, '0')}${end}`);
  const numbers = (): number[] => [...done.keys()].sort((a, b) => a - b);
  return {
    rows,
    done,
    async keep(number, embedded, deadLetters, counts) {
      await writeEmbeddings(file(number, ending), [embedded]);
      if (deadLetters.length > 0)
        await writeWhole(file(number, deadEnding), deadLetters.map(letter => `${JSON.stringify(letter)}\n`).join(''));
      await writeWhole(file(number, recordEnding), sealedJson(counts));
      done.set(number, counts);
    },
    async join() {
      const embeddings = join(folder, `joined${ending}`);
      await joinEmbeddings(
        numbers().map(number => file(number, ending)),
        embeddings,
      );
      const withDead = numbers().filter(number => (done.get(number)?.deadLetters ?? 0) > 0);
      if (withDead.length === 0) return { embeddings };
      const deadLetters = join(folder, `joined${deadEnding}`);
      await joinEmbeddings(
        withDead.map(number => file(number, deadEnding)),
        deadLetters,
      );
      return { embeddings, deadLetters };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
