import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { imageLimits } from '../../models/images/decode-image.js';
import { readImageEncoder } from '../../models/images/image-encoder.js';
import { keyOfReference, readReference } from '../../models/images/image-reference.js';
import { asUnreadable, contentKey, type UnreadableImage } from '../../models/images/image-source.js';
import type { ImageVectors } from '../../models/images/image-vectors.js';
import { keyBytes } from '../../models/images/key-table.js';
import { openVectorCache, type VectorCache } from '../../models/images/vector-cache.js';
import { openImageEmbedder } from '../../models/runtime/image-embedder.js';
import { programFile } from '../../src/config/program-file.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { ImageResult, ImageTask } from './image-worker.js';

export interface EmbedImagesOptions {
  /** repeated ones are passed over */
  readonly references: Iterable<string> | AsyncIterable<string>;
  /** different references */
  readonly images: number;
  /** folder of the pictures; without one only data URIs are read */
  readonly root?: string;
  /** folder of the image encoder */
  readonly encoder: string;
  /** folder that vectors are kept in */
  readonly cache: string;
  /** threads; the number of cores when absent, none for a few pictures */
  readonly workers?: number;
  readonly onProgress?: (done: number) => void;
  /** told of what went wrong without ending the work */
  readonly onNotice?: (text: string) => void;
}

/** What became of the pictures. */
export interface ImageCounts {
  /** different references */
  readonly images: number;
  /** decoded and embedded now */
  readonly embedded: number;
  /** of a content that was embedded before */
  readonly cached: number;
  readonly unreadable: number;
  /** by error code */
  readonly codes: Readonly<Record<string, number>>;
  /** the first few that could not be read */
  readonly examples: readonly UnreadableImage[];
}

export interface EmbeddedImages {
  /** read from the cache each time they are asked for, until `close` */
  readonly vectors: ImageVectors;
  readonly counts: ImageCounts;
  close(): void;
}

/** Fewer pictures than this are embedded sooner than worker threads have loaded the encoder. */
const workersFrom = 64;
/** Pictures that could not be read and are told by name. */
const examplesKept = 5;

/**
 * Embeds pictures into a cache, in worker threads; those whose content is in the cache are only read and hashed. In memory are names and
 * keys, not pictures: of these only a few for each thread. A picture that cannot be read is counted.
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-version' (the encoder), 'files/*' (the cache)
 */
export async function embedImages(options: EmbedImagesOptions): Promise<EmbeddedImages> {
  const { images, onNotice } = options;
  const encoder = await readImageEncoder(options.encoder);
  const { width } = encoder.manifest.output;
  const cache = openVectorCache({
    folder: options.cache,
    encoder: encoder.id,
    width,
    onDamage: (path, lost) => onNotice?.(`${path}: was damaged; ${lost} of its vectors are made anew`),
  });
  const workers = options.workers ?? (images < workersFrom ? 0 : availableParallelism());
  const embedder = workers === 0 ? embedHere(options.encoder) : embedInWorkers(options.encoder, workers);
  try {
    const { keys, counts } = await embedAll(options, cache, embedder, 2 * Math.max(1, workers));
    return { vectors: cachedVectors(cache, keys), counts, close: () => cache.close() };
  } catch (error) {
    cache.close();
    throw error;
  } finally {
    await embedder.close();
  }
}

/** Embeds single pictures. */
interface PictureEmbedder {
  embed(reference: string, bytes: Uint8Array): Promise<ImageResult>;
  close(): Promise<void>;
}

function embedHere(folder: string): PictureEmbedder {
  let opened: ReturnType<typeof openImageEmbedder> | undefined;
  return {
    async embed(reference, bytes) {
      opened ??= readImageEncoder(folder).then(encoder => openImageEmbedder(encoder, { threads: 1 }));
      const embedder = await opened;
      try {
        return { vector: await embedder.embed(bytes) };
      } catch (error) {
        return { unreadable: asUnreadable(reference, error) };
      }
    },
    close: async () => (await opened)?.close(),
  };
}

/** The threads start when the first picture comes: where all are in the cache, none does. */
function embedInWorkers(encoder: string, workers: number): PictureEmbedder {
  let pool: Piscina<ImageTask, ImageResult> | undefined;
  return {
    embed(reference, bytes) {
      pool ??= new Piscina<ImageTask, ImageResult>({
        ...workerFile(),
        name: 'imageTask',
        minThreads: workers,
        maxThreads: workers,
      });
      return pool.run({ encoder, reference, bytes });
    },
    close: async () => pool?.destroy(),
  };
}

function workerFile(): { filename: string; execArgv?: string[] } {
  const { url, execArgv } = programFile(import.meta.url, 'image-worker');
  return { filename: url.href, ...(execArgv && { execArgv }) };
}

/** By what a reference is remembered by: where its key stands in `bytes`. */
interface ReferenceKeys {
  readonly places: Map<string, number>;
  readonly bytes: Buffer;
}

/** Embeds what the cache does not have. A content that comes again while it is being embedded waits for the first. */
function embedOnce(cache: VectorCache, embedder: PictureEmbedder, onEmbedded: () => void) {
  const pending = new Map<string, Promise<ImageResult>>();
  const embed = async (reference: string, key: Buffer, bytes: Uint8Array): Promise<ImageResult> => {
    const result = await embedder.embed(reference, bytes);
    if ('vector' in result) {
      cache.put([{ key, vector: result.vector }]);
      onEmbedded();
    }
    return result;
  };
  return async (reference: string, key: Buffer, bytes: Uint8Array): Promise<void> => {
    if (cache.has(key)) return;
    const name = key.toString('hex');
    const running = pending.get(name) ?? embed(reference, key, bytes).finally(() => pending.delete(name));
    pending.set(name, running);
    const result = await running;
    if ('unreadable' in result) throw new TandemError(result.unreadable.code, result.unreadable.message);
  };
}

/** Goes through the references, several at a time. */
async function embedAll(
  { references, images, root, onProgress }: EmbedImagesOptions,
  cache: VectorCache,
  embedder: PictureEmbedder,
  lanes: number,
): Promise<{ keys: ReferenceKeys; counts: ImageCounts }> {
  const keys: ReferenceKeys = { places: new Map(), bytes: Buffer.alloc(images * keyBytes) };
  const counts = { images, embedded: 0, cached: 0, unreadable: 0 };
  const codes: Record<string, number> = {};
  const examples: UnreadableImage[] = [];
  const embed = embedOnce(cache, embedder, () => void counts.embedded++);
  const embedReference = async (reference: string): Promise<void> => {
    const bytes = await readReference(reference, root, imageLimits);
    const key = contentKey(bytes);
    await embed(reference, key, bytes);
    const place = keys.places.size;
    keys.bytes.set(key, place * keyBytes);
    keys.places.set(keyOfReference(reference), place);
  };
  const note = (unreadable: UnreadableImage): void => {
    counts.unreadable++;
    codes[unreadable.code] = (codes[unreadable.code] ?? 0) + 1;
    if (examples.length < examplesKept) examples.push(unreadable);
  };
  let done = 0;
  await inLanes(onceEach(references), lanes, async reference => {
    await embedReference(reference).catch((error: unknown) => note(asUnreadable(reference, error)));
    onProgress?.(++done);
  });
  counts.cached = counts.images - counts.embedded - counts.unreadable;
  return { keys, counts: { ...counts, codes, examples } };
}

async function* onceEach(references: EmbedImagesOptions['references']): AsyncGenerator<string> {
  const seen = new Set<string>();
  for await (const reference of references) {
    const key = keyOfReference(reference);
    if (seen.has(key)) continue;
    seen.add(key);
    yield reference;
  }
}

/** Does something with every item, so many at a time. After a failure no further one is begun. @throws the first failure, when all is still */
async function inLanes<T>(items: AsyncIterator<T>, lanes: number, visit: (item: T) => Promise<void>): Promise<void> {
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = await items.next(); !next.done && !failed; next = await items.next()) {
      await visit(next.value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Vectors out of the cache, by reference. */
function cachedVectors(cache: VectorCache, { places, bytes }: ReferenceKeys): ImageVectors {
  const read = (place: number): Float32Array => {
    const vector = cache.get(bytes.subarray(place * keyBytes, (place + 1) * keyBytes));
    if (vector === undefined)
      throw new TandemError('files/damaged', 'a vector of the image cache cannot be read any more');
    return vector;
  };
  return {
    width: cache.width,
    of: references =>
      references.flatMap(reference => {
        const place = places.get(keyOfReference(reference));
        return place === undefined ? [] : [read(place)];
      }),
  };
}
