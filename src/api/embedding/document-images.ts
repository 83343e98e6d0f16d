import { dirname, join } from 'node:path';
import { keyOfReference } from '../../../models/images/image-reference.js';
import type { ImageSource, ImageVectors } from '../../../models/images/image-vectors.js';
import { imageReferences } from '../../../models/runtime/embedder.js';
import { imageLimitOf } from '../../../models/runtime/model-images.js';
import { type EmbeddedImages, embedImages, type ImageCounts } from '../../../serving/jobs/embed-images.js';
import type { DocumentRow } from '../../config/rows.js';
import type { Documents } from '../options.js';
import { readDocumentRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';

/** Where the vectors of pictures are kept unless told otherwise: beside what is written. */
export const imageCacheBeside = (out: string): string => join(dirname(out), 'image-cache');

export interface DocumentImagesOptions {
  /** what names the pictures; gone through twice */
  readonly documents: () => AsyncIterable<DocumentRow> | Iterable<DocumentRow>;
  /** images of a document that are looked at, the first ones */
  readonly limit: number;
  /** folder of the pictures; without one only data URIs are read */
  readonly pictures?: string;
  /** folder of the image encoder, or of a model that has one */
  readonly encoder: string;
  readonly cache: string;
}

/** The pictures that documents name, as they come: a picture inside a document may be a megabyte long. */
export async function* referencesOf({
  documents,
  limit,
}: Pick<DocumentImagesOptions, 'documents' | 'limit'>): AsyncGenerator<string> {
  for await (const document of documents()) yield* imageReferences(document, limit);
}

async function countDifferent(references: AsyncIterable<string>): Promise<number> {
  const keys = new Set<string>();
  for await (const reference of references) keys.add(keyOfReference(reference));
  return keys.size;
}

/**
 * Finds or makes the vectors of pictures, with a live line, and says which could not be read.
 * @throws TandemError of the documents, the encoder and the cache
 */
export async function embedDocumentImages(options: DocumentImagesOptions, watch: Watch): Promise<EmbeddedImages> {
  const embedded = await embedWithProgress(options, watch);
  watch.tell(`pictures: ${describeCounts(embedded.counts)}`);
  return embedded;
}

async function embedWithProgress(options: DocumentImagesOptions, watch: Watch): Promise<EmbeddedImages> {
  const { pictures, encoder, cache } = options;
  const images = await countDifferent(referencesOf(options));
  const progress = watch.progress('embedding pictures', 'pictures', images);
  try {
    return await embedImages({
      references: referencesOf(options),
      images,
      root: pictures,
      encoder,
      cache,
      onProgress: done => progress.update(done),
      onNotice: watch.tell,
    });
  } finally {
    progress.finish();
  }
}

/** Vectors of the pictures of documents, read from the cache until `close`. */
export interface DocumentImages {
  readonly source: ImageSource;
  /** images of a document that the model looks at, the first ones */
  readonly limit: number;
  close(): void;
}

/**
 * The vectors of the pictures that documents name, for a model that has an image encoder of its own.
 * @returns nothing where it has none
 */
export async function openDocumentImages(
  {
    documents,
    model,
    pictures,
    imageCache,
    out,
  }: {
    readonly documents: Documents;
    /** folder of the model */
    readonly model: string;
    readonly pictures?: string;
    readonly imageCache?: string;
    /** what is written; the cache is beside it unless given */
    readonly out: string;
  },
  watch: Watch,
): Promise<DocumentImages | undefined> {
  const limit = await imageLimitOf(model);
  if (limit === undefined) return undefined;
  const cache = imageCache ?? imageCacheBeside(out);
  const { vectors, close } = await embedDocumentImages(
    { documents: () => readDocumentRows(documents), limit, pictures, encoder: model, cache },
    watch,
  );
  return { source: { width: vectors.width, vectorsOf: async () => vectors }, limit, close };
}

const grouped = (n: number): string => n.toLocaleString('en-GB');

/** `20 embedded, 2,968 known; 12 of 3,000 images could not be read: first a.jpg (image/unreadable: ...)` */
export function describeCounts({ images, embedded, cached, unreadable, examples }: ImageCounts): string {
  const made = `${grouped(embedded)} embedded, ${grouped(cached)} known`;
  if (unreadable === 0) return made;
  const { reference, code, message } = examples[0];
  return `${made}; ${grouped(unreadable)} of ${grouped(images)} images could not be read: first ${reference} (${code}: ${message})`;
}

/** The same vectors, each read once and then kept: training asks for them again and again, and for one picture from many documents. */
export function keptVectors({ width, of }: ImageVectors): ImageVectors {
  const kept = new Map<string, readonly Float32Array[]>();
  const vectorsOf = (reference: string): readonly Float32Array[] => {
    const found = kept.get(reference) ?? of([reference]);
    kept.set(reference, found);
    return found;
  };
  return { width, of: references => references.flatMap(vectorsOf) };
}
