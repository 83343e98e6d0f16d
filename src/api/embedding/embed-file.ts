import { rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { asSource } from '../../../data/read-pairs.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import { documentRows, queryRows, type RowKind } from '../../../serving/jobs/embed-shards.js';
import {
  beginShards,
  findShards,
  type JobIdentity,
  type KeptShards,
  removeJobs,
  storageOfJob,
} from '../../../serving/jobs/kept-shards.js';
import type { EmbeddableRow } from '../../../serving/jobs/shards.js';
import { folderStorage } from '../../../serving/jobs/storage/folder-storage.js';
import type { JobStorage } from '../../../serving/jobs/storage/job-storage.js';
import { requirePackage } from '../../config/optional-packages.js';
import { TandemError } from '../../errors/tandem-error.js';
import { asWriteError, resolvedPath, syncFolder } from '../../files/atomic.js';
import type { Watch } from '../watch.js';
import { type CutTexts, cutTexts } from './cut-texts.js';
import { threadsOf } from './embed-by-threads.js';
import type { Embed, EmbedFileOptions } from './embed-work.js';
import { type ReadItems, readDocumentItems, readQueryItems } from './job-items.js';

export interface EmbedSummary {
  readonly out: string;
  readonly rows: number;
  /** of them those that an earlier run, which was ended, had embedded */
  readonly resumed: number;
  /** rows that cannot be embedded, and are in no file of embeddings */
  readonly deadLetters: number;
  /** file that says which these are, and why; absent where there are none */
  readonly deadLetterFile?: string;
  /** of them those in which the model can read nothing: their embedding is null */
  readonly nothingToEmbed: number;
  readonly modelId: string;
  /** D */
  readonly width: number;
  /** threads of this process, or with `redis` workers that were there in the end */
  readonly workers: number;
  /** of reading, embedding and writing, in this run */
  readonly seconds: number;
  /** of documents, where the model reads texts and some were longer than it reads */
  readonly cutTexts?: CutTexts;
}

/** The folder of what is not finished yet, beside what is written; of what is put together of a store's shards too. */
const shardsBeside = (out: string): string => `${out}.shards`;
const deadLettersBeside = (out: string): string => `${out}.dead.jsonl`;

/**
 * Embeds the rows of a file into another, in the same order. Rows that cannot be used are left out and told in a file beside it. What is done is kept in a
 * folder beside `out` until all is: where the work was ended, the same call goes on from there.
 * @throws TandemError 'data/*' where no row can be used, 'model/*', 'files/*'; then nothing is written under the final name
 */
export async function embedFile(options: EmbedFileOptions, watch: Watch): Promise<EmbedSummary> {
  return options.kind === 'queries'
    ? embedFileOf(options, queryRows, readQueryItems(options.in), watch)
    : embedFileOf(options, documentRows, readDocumentItems(options.in), watch);
}

async function embedFileOf<Row extends EmbeddableRow>(
  options: EmbedFileOptions,
  towers: RowKind<Row>,
  read: ReadItems<Row>,
  watch: Watch,
): Promise<EmbedSummary> {
  const { redis } = options;
  // before the work, not behind it
  if (endingOf(options.out) === '.parquet') requirePackage('@duckdb/node-api');
  const { embed, close } =
    redis === undefined ? threadsOf(watch) : await (await import('./embed-by-workers.js')).openWorkers(redis, watch);
  try {
    return await embedBy(embed, options, towers, read, watch);
  } finally {
    await close();
  }
}

const endingOf = (path: string): string => extname(path).toLowerCase();

async function embedBy<Row extends EmbeddableRow>(
  embed: Embed,
  options: EmbedFileOptions,
  towers: RowKind<Row>,
  read: ReadItems<Row>,
  watch: Watch,
): Promise<EmbedSummary> {
  const started = performance.now();
  const out = await resolvedPath(options.out);
  const ending = endingOf(out);
  const { manifest, modelId } = await readModelManifest(options.model);
  const identity = await identityOf(options, modelId);
  const beside = folderStorage(shardsBeside(out));
  const place = options.storage === undefined ? beside : await placeInStore(options.storage, out);
  const storage = await storageOfJob(place, identity);
  const found = await findShards(storage, ending, identity, options.redis !== undefined);
  const rows = found?.rows ?? (await countRows(read, watch, options.maxRows));
  const before = found?.sum().rows ?? 0;
  if (before > 0) watch.tell(`going on: ${before} of ${rows} rows were embedded before`);
  const begin = async (): Promise<KeptShards> => found ?? (await beginShards(storage, ending, identity, rows));
  const width = manifest.config.towers.embeddingWidth;
  const { shards, workers } = await embed({ ...options, towers, read, width, modelId, rows, before, begin });
  const joining = place === beside ? storage : await storageOfJob(beside, identity);
  const written = await finish(shards, joining.address, out);
  await removeJobs(beside);
  // what was wanted is there
  await removeJobs(place).catch((error: unknown) => {
    watch.warn(`${place.address} was not taken away: ${error instanceof Error ? error.message : error}`);
  });
  const seconds = (performance.now() - started) / 1000;
  return { out: options.out, resumed: before, ...written, modelId, width, workers, seconds };
}

async function placeInStore(storage: string, out: string): Promise<JobStorage> {
  const { bucketPlace, bucketStorage } = await import('../../../serving/jobs/storage/bucket-storage.js');
  return bucketStorage(bucketPlace(storage, out));
}

/** Whatever the embeddings depend on. A file is known by its size and when it was last changed. */
async function identityOf(
  { kind, in: source, pictures, batch }: EmbedFileOptions,
  modelId: string,
): Promise<JobIdentity> {
  const { files, ...reading } = asSource(source);
  const inputs = files.map(async path => {
    const found = await stat(path).catch(() => undefined);
    return { path: resolve(path), bytes: found?.size, modified: found?.mtimeMs };
  });
  return { kind, modelId, inputs: await Promise.all(inputs), reading, pictures: pictures && resolve(pictures), batch };
}

async function countRows<Row extends EmbeddableRow>(
  read: ReadItems<Row>,
  watch: Watch,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const progress = watch.progress('checking', 'rows');
  let rows = 0;
  let items = 0;
  try {
    for await (const item of read(watch.note)) {
      if (++items > most) throw new TandemError('job/too-large', `there are more than ${most} rows`, { most });
      if ('row' in item) progress.update(++rows);
    }
  } finally {
    progress.finish();
  }
  return rows;
}

/** Puts the shards together under the final name. @param folder  beside it, for what is not whole yet */
async function finish(shards: KeptShards, folder: string, out: string) {
  const { texts, ...counts } = shards.sum();
  const deadLetterFile = deadLettersBeside(out);
  await folderStorage(folder).begin();
  const joined = await shards.join(folder);
  try {
    if (joined.deadLetters === undefined) await rm(deadLetterFile, { force: true });
    else await rename(joined.deadLetters, deadLetterFile);
    await rename(joined.embeddings, out);
    await syncFolder(dirname(out));
  } catch (error) {
    throw asWriteError(out, error);
  }
  return { ...counts, ...(counts.deadLetters > 0 && { deadLetterFile }), ...cutTexts(texts) };
}
