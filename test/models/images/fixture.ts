import sharp from 'sharp';
import {
  createImageEncoder,
  type ImageEncoder,
  type ImageInput,
  writeImageEncoder,
} from '../../../models/images/image-encoder.js';
import { encodeModel, type OnnxGraph } from '../../../models/recorder/onnx-proto.js';

export const colours = ['red', 'lime', 'blue', 'yellow', 'cyan', 'magenta'] as const;

/** A picture of one colour. */
export const plainPicture = (background: string, width = 8, height = width): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();

export const input = (changes: Partial<ImageInput> = {}): ImageInput => ({
  size: 8,
  layout: 'NHWC',
  channels: 'RGB',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  fit: 'contain',
  kernel: 'cubic',
  ...changes,
});

const int64 = (values: readonly number[]): Uint8Array => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);

/** pixels [n, 3, size, size] -> the mean of each colour, `vector` [n, 3]. */
export const meanGraph = (size: number | string = 8, axes: readonly number[] = [2, 3]): OnnxGraph => ({
  nodes: [
    {
      op: 'ReduceMean',
      domain: '',
      inputs: ['pixels', 'axes'],
      outputs: ['vector'],
      attributes: { keepdims: 0 },
    },
  ],
  constants: [{ name: 'axes', dtype: 'int64', shape: [axes.length], bytes: int64(axes) }],
  inputs: [{ name: 'pixels', dtype: 'float32', shape: axes[0] === 2 ? ['n', 3, size, size] : ['n', size, size, 3] }],
  outputs: [{ name: 'vector', dtype: 'float32', shape: ['n', 3] }],
});

/** Gives its input as it is: [n, 3, 8, 8], a picture of 64 places. */
export const identityGraph = (shape: readonly (number | string)[] = ['n', 3, 8, 8]): OnnxGraph => ({
  nodes: [{ op: 'Identity', domain: '', inputs: ['pixels'], outputs: ['places'], attributes: {} }],
  constants: [],
  inputs: [{ name: 'pixels', dtype: 'float32', shape }],
  outputs: [{ name: 'places', dtype: 'float32', shape }],
});

/** An encoder whose vector is the mean colour of a picture, scaled to a root mean square of 1. */
export const meanEncoder = (): ImageEncoder =>
  createImageEncoder({
    model: encodeModel(meanGraph()),
    input: { ...input({ layout: 'NCHW' }), name: 'pixels' },
    output: { name: 'vector', rank: 2, pooling: 'mean', width: 3 },
    source: 'a test',
    tandem: '0',
  });

export async function writeMeanEncoder(folder: string): Promise<ImageEncoder> {
  const encoder = meanEncoder();
  await writeImageEncoder(folder, encoder);
  return encoder;
}
