import { Piscina } from 'piscina';
import type { ImageSource } from '../../models/images/image-vectors.js';
import { imageReferences } from '../../models/runtime/embedder.js';
import type { Model } from '../../models/runtime/load-model.js';
import { programFile } from '../../src/config/program-file.js';
import { type EmbedBatch, type EmbedResult, embedBatch } from './embed-batch.js';
import type { EmbedTask, FoundImages } from './embed-worker.js';

/** Something that embeds batches, one or several at a time. */
export interface BatchEmbedder {
  /** threads that embed at once */
  readonly workers: number;
  embed(batch: EmbedBatch): Promise<EmbedResult>;
  close(): Promise<void>;
}

/** Embeds on this thread; the model belongs to the caller. Load it with one native thread to get the bytes that workers give. */
export function embedHere(model: Model): BatchEmbedder {
  let last: Promise<unknown> = Promise.resolve();
  const embed = (batch: EmbedBatch): Promise<EmbedResult> => {
    // runs of a graph must not overlap
    const result = last.then(() => embedBatch(model, batch));
    last = result.catch(() => undefined);
    return result;
  };
  return { workers: 1, embed, close: async () => void (await last) };
}

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
  return {
    workers,
    embed: async batch => pool.run({ model, batch, images: images && (await findImages(batch, images)) }),
    close: () => pool.destroy(),
  };
}

function workerFile(): { filename: string; execArgv?: string[] } {
  const { url, execArgv } = programFile(import.meta.url, 'embed-worker');
  return { filename: url.href, ...(execArgv && { execArgv }) };
}
