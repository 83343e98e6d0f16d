import { availableParallelism } from 'node:os';
import { type DocumentSource, readDocuments } from '../../../data/read-documents.js';
import { asSource, type QuerySource, readQueryRows } from '../../../data/read-pairs.js';
import { loadModel, type Model } from '../../../models/runtime/load-model.js';
import type { EmbedBatch, EmbeddedBatch, EmbedKind } from '../../../serving/jobs/embed-batch.js';
import { embedHere, embedInWorkers, embedRows } from '../../../serving/jobs/embed-rows.js';
import { writeEmbeddings } from '../../../serving/jobs/write-embeddings.js';
import { isZero } from '../../vector/cosine.js';
import type { Watch } from '../watch.js';
import { type CutTexts, cutTexts } from './cut-texts.js';
import { type DocumentImages, openDocumentImages } from './document-images.js';

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
}

export interface EmbedSummary {
  readonly out: string;
  readonly rows: number;
  /** of them those in which the model can read nothing: their embedding is null */
  readonly nothingToEmbed: number;
  readonly modelId: string;
  /** D */
  readonly width: number;
  readonly workers: number;
  /** of reading, embedding and writing */
  readonly seconds: number;
  /** of documents, where the model reads texts and some were longer than it reads */
  readonly cutTexts?: CutTexts;
}

/** Fewer rows than this are embedded sooner than worker threads have loaded their models. */
const workersFrom = 2_000;

/**
 * Embeds the rows of a file into another, in the same order. Every row is checked before the first is embedded.
 * @throws TandemError 'data/*' (with the line), 'model/*', 'files/*'; then nothing is written
 */
export async function embedFile(options: EmbedFileOptions, watch: Watch): Promise<EmbedSummary> {
  const total = await countRows(options, watch);
  const images =
    options.kind === 'documents' ? await openDocumentImages({ ...options, documents: options.in }, watch) : undefined;
  try {
    const model = await loadModel(options.model, { threads: 1, images: images?.source });
    return await embedAll(options, model, images, total, watch).finally(() => model.close());
  } finally {
    images?.close();
  }
}

async function embedAll(
  options: EmbedFileOptions,
  model: Model,
  images: DocumentImages | undefined,
  total: number,
  watch: Watch,
): Promise<EmbedSummary> {
  const workers = options.workers ?? (total < workersFrom ? 1 : availableParallelism());
  const started = performance.now();
  const embedder = workers === 1 ? embedHere(model) : embedInWorkers(options.model, workers, images);
  try {
    const embedded = embedRows(readBatches(options), embedder);
    const counts = { nothingToEmbed: 0 };
    const rows = await writeEmbeddings(options.out, countEmbedded(embedded, total, counts, watch));
    const seconds = (performance.now() - started) / 1000;
    return {
      out: options.out,
      rows,
      ...counts,
      modelId: model.modelId,
      width: model.width,
      workers,
      seconds,
      ...cutTexts(embedder.texts()),
    };
  } finally {
    await embedder.close();
  }
}

async function countRows(options: EmbedFileOptions, watch: Watch): Promise<number> {
  const progress = watch.progress('checking', 'rows');
  let rows = 0;
  try {
    for await (const batch of readBatches(options, watch.note)) {
      rows += batch.rows.length;
      progress.update(rows);
    }
  } finally {
    progress.finish();
  }
  return rows;
}

async function* countEmbedded(
  embedded: AsyncIterable<EmbeddedBatch>,
  total: number,
  counts: { nothingToEmbed: number },
  watch: Watch,
): AsyncGenerator<EmbeddedBatch> {
  const progress = watch.progress('embedding', 'rows', total);
  let rows = 0;
  try {
    for await (const batch of embedded) {
      rows += batch.ids.length;
      counts.nothingToEmbed += zeroRows(batch);
      progress.update(rows);
      yield batch;
    }
  } finally {
    progress.finish();
  }
}

function zeroRows({ ids, embeddings }: EmbeddedBatch): number {
  const width = embeddings.length / ids.length;
  return ids.filter((_, i) => isZero(embeddings.subarray(i * width, (i + 1) * width))).length;
}

async function* readBatches(
  { kind, in: source, batch: size }: EmbedFileOptions,
  onNote?: (note: string) => void,
): AsyncGenerator<EmbedBatch> {
  const options = { onNote };
  if (kind === 'queries') {
    for await (const rows of inBatches(readQueryRows(asSource(source), options), size)) yield { kind, rows };
  } else {
    for await (const rows of inBatches(readDocuments(asSource(source), options), size)) yield { kind, rows };
  }
}

async function* inBatches<Row>(sourced: AsyncIterable<{ readonly row: Row }>, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const { row } of sourced) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
