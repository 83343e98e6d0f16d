import { Piscina } from 'piscina';
import type { ImageSource } from '../../models/images/image-vectors.js';
import { imageReferences } from '../../models/runtime/embedder.js';
import type { Model } from '../../models/runtime/load-model.js';
import { addCounts, noTexts, type TextCounts } from '../../models/runtime/text-counts.js';
import { programFile } from '../../src/config/program-file.js';
import { type EmbedBatch, type EmbeddedBatch, embedBatch } from './embed-batch.js';
import type { EmbedResult, EmbedTask, FoundImages } from './embed-worker.js';

/** Something that embeds batches, one or several at a time. */
export interface BatchEmbedder {
  /** batches that it has use for at once */
  readonly window: number;
  /** Batch -> float32 [n * D], row-major. */
  embed(batch: EmbedBatch): Promise<Float32Array>;
  /** How much of the texts of documents was read. */
  texts(): TextCounts;
  close(): Promise<void>;
}

/** Embeds on this thread; the model belongs to the caller. Load it with one native thread to get the bytes that workers give. */
export const embedHere = (model: Model): BatchEmbedder => ({
  window: 1,
  embed: batch => embedBatch(model, batch),
  texts: model.textCounts,
  close: async () => {},
});

/** Where the images of documents come from, and how many of each are looked at (`towers.image.limit` of the model). */
export interface WorkerImages {
  readonly source: ImageSource;
  readonly limit: number;
}

/** The vectors of a batch's images, in a form that can be sent to a thread. */
async function findImages(batch: EmbedBatch, { source, limit }: WorkerImages): Promise<FoundImages | undefined> {
  if (batch.kind === 'queries') return undefined;
  const references = [...new Set(batch.rows.flatMap(row => imageReferences(row, limit)))];
  const found = await source.vectorsOf(references);
  const vectors = references.flatMap(reference => found.of([reference]).map(vector => [reference, vector] as const));
  return { width: found.width, vectors: new Map(vectors) };
}

/**
 * Embeds in worker threads, each with a model of its own and one native thread. A batch gives the same bytes whichever thread it goes to.
 * @param model    folder of the model artefact
 * @param workers  threads, >= 1
 * @param images   made or found on this thread, for a model that reads them; without it documents count as having none
 */
export function embedInWorkers(model: string, workers: number, images?: WorkerImages): BatchEmbedder {
  const pool = new Piscina<EmbedTask, EmbedResult>({
    ...workerFile(),
    name: 'embedTask',
    minThreads: workers,
    maxThreads: workers,
  });
  let texts = noTexts;
  return {
    // one batch in work and one waiting for each thread
    window: 2 * workers,
    async embed(batch) {
      const result = await pool.run({ model, batch, images: images && (await findImages(batch, images)) });
      texts = addCounts(texts, result.texts);
      return result.embeddings;
    },
    texts: () => texts,
    close: () => pool.destroy(),
  };
}

function workerFile(): { filename: string; execArgv?: string[] } {
  const { url, execArgv } = programFile(import.meta.url, 'embed-worker');
  return { filename: url.href, ...(execArgv && { execArgv }) };
}

/**
 * Embeds batches in the order in which they come, at most `window` of them held at a time. The embedder stays open.
 * @throws whatever the batches or the model throw
 */
export async function* embedRows(
  batches: AsyncIterable<EmbedBatch>,
  embedder: BatchEmbedder,
): AsyncGenerator<EmbeddedBatch> {
  const running: RunningBatch[] = [];
  for await (const batch of batches) {
    const embeddings = embedder.embed(batch);
    // it is awaited in its turn; a failure before that is no unhandled one
    embeddings.catch(() => {});
    running.push({ ids: batch.rows.map(({ id }) => id), embeddings });
    if (running.length >= embedder.window) yield finished(running.shift()!);
  }
  while (running.length > 0) yield finished(running.shift()!);
}

interface RunningBatch {
  readonly ids: string[];
  readonly embeddings: Promise<Float32Array>;
}

const finished = async ({ ids, embeddings }: RunningBatch): Promise<EmbeddedBatch> => ({
  ids,
  embeddings: await embeddings,
});
