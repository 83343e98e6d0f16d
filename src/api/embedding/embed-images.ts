import type { DocumentSource } from '../../../data/read-documents.js';
import { keyOfReference } from '../../../models/images/image-reference.js';
import type { ImageVectors } from '../../../models/images/image-vectors.js';
import type { EmbeddedBatch } from '../../../serving/jobs/embed-batch.js';
import type { ImageCounts } from '../../../serving/jobs/embed-images.js';
import { writeEmbeddings } from '../../../serving/jobs/write-embeddings.js';
import { readDocumentRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';
import { embedDocumentImages, imageCacheBeside, referencesOf } from './document-images.js';

export interface EmbedImagesFileOptions {
  /** folder of the image encoder, or of a model that has one */
  readonly encoder: string;
  /** file of documents */
  readonly in: string | DocumentSource;
  readonly pictures?: string;
  readonly imageCache?: string;
  /** .jsonl or .parquet */
  readonly out: string;
  /** pictures written at a time */
  readonly batch: number;
}

export interface EmbedImagesSummary {
  readonly out: string;
  readonly rows: number;
  /** W */
  readonly width: number;
  readonly counts: ImageCounts;
}

/** All images that a document may have: here a model does not say how many it looks at. */
const everyImage = Number.POSITIVE_INFINITY;

/**
 * Writes the vectors of all pictures that a file of documents names, of length 1, by reference; those that cannot be read are left out.
 * @throws TandemError 'data/*', 'model/*', 'files/*'
 */
export async function embedImagesFile(options: EmbedImagesFileOptions, watch: Watch): Promise<EmbedImagesSummary> {
  const { encoder, pictures, out, batch, imageCache: cache = imageCacheBeside(out) } = options;
  const pictured = { documents: () => readDocumentRows(options.in), limit: everyImage };
  const { vectors, counts, close } = await embedDocumentImages({ ...pictured, pictures, encoder, cache }, watch);
  try {
    const rows = await writeEmbeddings(out, inBatches(referencesOf(pictured), vectors, batch));
    return { out, rows, width: vectors.width, counts };
  } finally {
    close();
  }
}

async function* inBatches(
  references: AsyncIterable<string>,
  { width, of }: ImageVectors,
  size: number,
): AsyncGenerator<EmbeddedBatch> {
  let ids: string[] = [];
  let embeddings = new Float32Array(size * width);
  const seen = new Set<string>();
  for await (const reference of references) {
    const key = keyOfReference(reference);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const vector of of([reference])) {
      const length = Math.hypot(...vector) || 1;
      embeddings.set(
        vector.map(value => value / length),
        ids.length * width,
      );
      ids.push(reference);
    }
    if (ids.length < size) continue;
    yield { ids, embeddings };
    [ids, embeddings] = [[], new Float32Array(size * width)];
  }
  if (ids.length > 0) yield { ids, embeddings: embeddings.subarray(0, ids.length * width) };
}
