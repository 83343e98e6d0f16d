import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../src/errors/table.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type ImageLimits, imageLimits } from './decode-image.js';
import { nameOfReference, readReference } from './image-reference.js';
import type { ImageSource, ImageVectors } from './image-vectors.js';
import type { VectorCache } from './vector-cache.js';

/** A picture that gave no vector. */
export interface UnreadableImage {
  /** shortened */
  readonly reference: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Turns the bytes of a picture into its vector. @throws TandemError 'image/*' */
export interface ImageEmbedder {
  /** W */
  readonly width: number;
  /** float32 [W], of root mean square 1 */
  embed(bytes: Uint8Array): Promise<Float32Array>;
}

export interface ImageSourceOptions {
  /** folder of the pictures; without one only data URIs are read */
  readonly root?: string;
  readonly embedder: ImageEmbedder;
  /** vectors that are found are not made, and those that are made are kept */
  readonly cache?: VectorCache;
  readonly limits?: ImageLimits;
  readonly onUnreadable?: (image: UnreadableImage) => void;
}

/** What a cache knows a picture by: the SHA-256 of its bytes. */
export const contentKey = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The error of a picture as it is counted. @throws whatever is no fault of the picture */
export function asUnreadable(reference: string, error: unknown): UnreadableImage {
  if (!(error instanceof TandemError) || !error.code.startsWith('image/')) throw error;
  return { reference: nameOfReference(reference), code: error.code, message: error.message };
}

/** Vectors by reference; references that are not in the map have none. */
export const vectorsOfMap = (width: number, vectors: ReadonlyMap<string, Float32Array>): ImageVectors => ({
  width,
  of: references => references.flatMap(reference => vectors.get(reference) ?? []),
});

/**
 * Makes image vectors one at a time, in the thread that asks: for documents that come singly. Many pictures are for
 * serving/jobs/embed-images.ts. A picture that cannot be read gives no vector, and the document goes on without it.
 */
export function createImageSource(options: ImageSourceOptions): ImageSource {
  const { embedder, onUnreadable } = options;
  return {
    width: embedder.width,
    async vectorsOf(references) {
      const vectors = new Map<string, Float32Array>();
      for (const reference of new Set(references)) {
        try {
          vectors.set(reference, await vectorOf(reference, options));
        } catch (error) {
          onUnreadable?.(asUnreadable(reference, error));
        }
      }
      return vectorsOfMap(embedder.width, vectors);
    },
  };
}

async function vectorOf(
  reference: string,
  { root, embedder, cache, limits = imageLimits }: ImageSourceOptions,
): Promise<Float32Array> {
  const bytes = await readReference(reference, root, limits);
  if (cache === undefined) return embedder.embed(bytes);
  const key = contentKey(bytes);
  const found = cache.get(key);
  if (found !== undefined) return found;
  const vector = await embedder.embed(bytes);
  cache.put([{ key, vector }]);
  return vector;
}
