import sharp from 'sharp';
import { readImageEncoder } from '../../models/images/image-encoder.js';
import { asUnreadable, type UnreadableImage } from '../../models/images/image-source.js';
import { type OpenImageEmbedder, openImageEmbedder } from '../../models/runtime/image-embedder.js';

/** What a thread is asked to do. */
export interface ImageTask {
  /** folder of the image encoder; one for the whole life of the thread */
  readonly encoder: string;
  readonly reference: string;
  readonly bytes: Uint8Array;
}

/** The vector of a picture, or why there is none: errors lose their class on the way between threads. */
export type ImageResult = { readonly vector: Float32Array } | { readonly unreadable: UnreadableImage };

/** The state of this thread: its encoder, loaded when the first picture comes and kept until the thread ends. */
const thread: { embedder?: Promise<OpenImageEmbedder> } = {};

async function openHere(encoder: string): Promise<OpenImageEmbedder> {
  // there are several of these threads, and no picture comes twice
  sharp.concurrency(1);
  sharp.cache(false);
  return openImageEmbedder(await readImageEncoder(encoder), { threads: 1 });
}

/** Decodes and embeds one picture in a worker thread. */
export async function imageTask({ encoder, reference, bytes }: ImageTask): Promise<ImageResult> {
  thread.embedder ??= openHere(encoder);
  const embedder = await thread.embedder;
  try {
    return { vector: await embedder.embed(bytes) };
  } catch (error) {
    return { unreadable: asUnreadable(reference, error) };
  }
}
