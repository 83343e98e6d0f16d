import { TandemError } from '../../src/errors/tandem-error.js';
import { decodeImage, type ImageLimits, imageLimits } from '../images/decode-image.js';
import type { ImageEncoder, ImageEncoderManifest } from '../images/image-encoder.js';
import type { ImageEmbedder } from '../images/image-source.js';
import { createNativeGraph, type NativeGraph, type SessionOptions } from './session.js';

export interface OpenImageEmbedder extends ImageEmbedder {
  close(): Promise<void>;
}

/**
 * Loads an image encoder. Pictures go through it singly, so that a vector does not depend on what else is embedded, or where.
 * Pictures that overlap wait for each other, so that one at a time is in memory.
 * @throws TandemError 'model/damaged' where onnxruntime cannot load the graph
 */
export async function openImageEmbedder(
  { manifest, model }: ImageEncoder,
  options: SessionOptions = {},
  limits: ImageLimits = imageLimits,
): Promise<OpenImageEmbedder> {
  const graph = await createNativeGraph(model, options).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new TandemError('model/damaged', `image.onnx cannot be loaded: ${why}`, {}, { cause: error });
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    width: manifest.output.width,
    async embed(bytes) {
      const run = last.then(async () =>
        encodePixels(graph, manifest, await decodeImage(bytes, manifest.input, limits)),
      );
      last = run.catch(() => {});
      return run;
    },
    close: async () => {
      await last;
      await graph.close();
    },
  };
}

/** @param pixels  see decodeImage */
async function encodePixels(
  graph: NativeGraph,
  { input, output }: ImageEncoderManifest,
  pixels: Float32Array,
): Promise<Float32Array> {
  const { name, size, layout } = input;
  const shape = layout === 'NCHW' ? [1, 3, size, size] : [1, size, size, 3];
  const result = await graph.run({ [name]: { values: pixels, shape } });
  return scaled(pooled(result[output.name], manifestPooling(output, layout)));
}

/** How the numbers of one picture become W: `places` groups, of which a number of the vector is `stride` apart from the next. */
interface Pooling {
  readonly width: number;
  readonly first: boolean;
  readonly channelsFirst: boolean;
}

const manifestPooling = (
  { width, pooling, rank }: ImageEncoderManifest['output'],
  layout: ImageEncoderManifest['input']['layout'],
): Pooling => ({ width, first: pooling === 'first', channelsFirst: rank === 4 && layout === 'NCHW' });

/** The first place, or the mean over all places. @param values  one picture: [places, W], or [W, places] */
export function pooled(values: Float32Array, { width, first, channelsFirst }: Pooling): Float32Array {
  const vector = new Float32Array(width);
  const places = first ? 1 : values.length / width;
  for (let w = 0; w < width; w++) {
    let sum = 0;
    for (let p = 0; p < places; p++) sum += values[channelsFirst ? w * places + p : p * width + w];
    vector[w] = sum / places;
  }
  return vector;
}

/** Scales a vector to a root mean square of 1, so that a tower gets numbers of one size from any encoder. Zeros stay. */
export function scaled(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (!Number.isFinite(sum)) throw new TandemError('image/unreadable', 'the encoder gives no finite numbers for it');
  const scale = sum === 0 ? 0 : Math.sqrt(vector.length / sum);
  return vector.map(value => value * scale);
}
