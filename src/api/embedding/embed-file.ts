import { rename, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, extname, resolve } from 'node:path';
import type { DocumentSource } from '../../../data/read-documents.js';
import { asSource, type QuerySource } from '../../../data/read-pairs.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { addCounts, noTexts } from '../../../models/runtime/text-counts.js';
import type { EmbedKind } from '../../../serving/jobs/embed-batch.js';
import { type BatchEmbedder, embedHere, embedInWorkers } from '../../../serving/jobs/embed-rows.js';
import { documentRows, embedShards, queryRows, type RowKind } from '../../../serving/jobs/embed-shards.js';
import { beginShards, findShards, type JobIdentity, type ShardFolder } from '../../../serving/jobs/shard-folder.js';
import { type EmbeddableRow, inShards, type ShardCounts } from '../../../serving/jobs/shards.js';
import { requirePackage } from '../../config/optional-packages.js';
import { TandemError } from '../../errors/tandem-error.js';
import { asWriteError, resolvedPath, syncFolder } from '../../files/atomic.js';
import type { Watch } from '../watch.js';
import { type CutTexts, cutTexts } from './cut-texts.js';
import { openDocumentImages } from './document-images.js';
import { type ReadItems, readDocumentItems, readQueryItems } from './job-items.js';

export interface EmbedFileOptions {
  readonly kind: EmbedKind;
  /** folder of the model artefact */
  readonly model: string;
  /** a file of rows, or several and how they are read */
  readonly in: string | DocumentSource | QuerySource;
  /** .jsonl or .parquet */
  readonly out: string;
  /** folder of the documents' pictures */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside `out` when absent */
  readonly imageCache?: string;
  /** threads; chosen by the number of rows when absent */
  readonly workers?: number;
  /** rows of a batch */
  readonly batch: number;
  /** rows that a file may have, those that cannot be used too; any number when absent */
  readonly maxRows?: number;
}

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
  readonly workers: number;
  /** of reading, embedding and writing, in this run */
  readonly seconds: number;
  /** of documents, where the model reads texts and some were longer than it reads */
  readonly cutTexts?: CutTexts;
}

/** Fewer rows than this are embedded sooner than worker threads have loaded their models. */
const workersFrom = 2_000;

/** The folder of what is not finished yet, beside what is written. */
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
  kind: RowKind<Row>,
  read: ReadItems<Row>,
  watch: Watch,
): Promise<EmbedSummary> {
  const started = performance.now();
  const out = await resolvedPath(options.out);
  const [folder, ending] = [shardsBeside(out), extname(out).toLowerCase()];
  // before the work, not behind it
  if (ending === '.parquet') requirePackage('@duckdb/node-api');
  const identity = await identityOf(options);
  const found = await findShards(folder, ending, identity);
  const rows = found?.rows ?? (await countRows(read, watch, options.maxRows));
  const images =
    options.kind === 'documents' ? await openDocumentImages({ ...options, documents: options.in }, watch) : undefined;
  try {
    const model = await loadModel(options.model, { threads: 1, images: images?.source });
    try {
      const shards = found ?? (await beginShards(folder, ending, identity, rows));
      const before = sumOf(shards).rows;
      if (before > 0) watch.tell(`going on: ${before} of ${rows} rows were embedded before`);
      const workers = options.workers ?? (rows - before < workersFrom ? 1 : availableParallelism());
      const embedder = workers === 1 ? embedHere(model) : embedInWorkers(options.model, workers, images);
      await embedRest({ kind, read, embedder, shards, before, width: model.width, batch: options.batch }, watch)
        .catch((error: unknown) => {
          watch.tell(
            `${sumOf(shards).rows} of ${rows} rows are kept in ${folder}; the same command goes on from there`,
          );
          throw error;
        })
        .finally(() => embedder.close());
      const written = await finish(shards, out);
      const seconds = (performance.now() - started) / 1000;
      const { modelId, width } = model;
      return { out: options.out, resumed: before, ...written, modelId, width, workers, seconds };
    } finally {
      await model.close();
    }
  } finally {
    images?.close();
  }
}

/** Whatever the embeddings depend on. A file is known by its size and when it was last changed. */
async function identityOf({ kind, model, in: source, pictures, batch }: EmbedFileOptions): Promise<JobIdentity> {
  const { files, ...reading } = asSource(source);
  const { modelId } = await readModelManifest(model);
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

async function embedRest<Row extends EmbeddableRow>(
  {
    kind,
    read,
    embedder,
    shards,
    before,
    ...sizes
  }: {
    readonly kind: RowKind<Row>;
    readonly read: ReadItems<Row>;
    readonly embedder: BatchEmbedder;
    readonly shards: ShardFolder;
    /** rows that were embedded by an earlier run */
    readonly before: number;
    readonly width: number;
    readonly batch: number;
  },
  watch: Watch,
): Promise<void> {
  const progress = watch.progress('embedding', 'rows', shards.rows, before);
  let done = before;
  const onRows = (more: number): void => {
    done += more;
    progress.update(done);
  };
  try {
    await embedShards(inShards(read()), embedder, shards, { kind, ...sizes, onRows });
  } finally {
    progress.finish();
  }
}

const sumOf = ({ done }: ShardFolder): ShardCounts =>
  [...done.values()].reduce(
    (sum, { rows, nothingToEmbed, deadLetters, texts }) => ({
      rows: sum.rows + rows,
      nothingToEmbed: sum.nothingToEmbed + nothingToEmbed,
      deadLetters: sum.deadLetters + deadLetters,
      texts: addCounts(sum.texts, texts),
    }),
    { rows: 0, nothingToEmbed: 0, deadLetters: 0, texts: noTexts },
  );

/** Puts the shards together under the final name, and takes the folder away. */
async function finish(shards: ShardFolder, out: string) {
  const { texts, ...counts } = sumOf(shards);
  const joined = await shards.join();
  const deadLetterFile = deadLettersBeside(out);
  try {
    if (joined.deadLetters === undefined) await rm(deadLetterFile, { force: true });
    else await rename(joined.deadLetters, deadLetterFile);
    await rename(joined.embeddings, out);
    await syncFolder(dirname(out));
  } catch (error) {
    throw asWriteError(out, error);
  }
  await shards.remove();
  return { ...counts, ...(counts.deadLetters > 0 && { deadLetterFile }), ...cutTexts(texts) };
}
