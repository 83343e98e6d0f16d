import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { ImageInput } from '../images/image-encoder.js';

const pixels = z.int().min(1).max(4096);
const sizes = z.union([
  pixels.transform(size => ({ shortest_edge: size, height: undefined, width: undefined })),
  z.looseObject({ shortest_edge: pixels.optional(), height: pixels.optional(), width: pixels.optional() }),
]);
const three = z.tuple([z.number(), z.number(), z.number()]);

/** The part of a Hugging Face preprocessor_config.json that says how pictures become numbers. */
const preprocessorSchema = z.looseObject({
  do_resize: z.boolean().default(true),
  size: sizes.optional(),
  do_center_crop: z.boolean().default(false),
  crop_size: sizes.optional(),
  do_rescale: z.boolean().default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: three.optional(),
  image_std: three.optional(),
  /** of PIL: 1 Lanczos, 2 bilinear, 3 bicubic */
  resample: z.int().optional(),
});

type Preprocessor = z.infer<typeof preprocessorSchema>;

const kernels: Readonly<Record<number, ImageInput['kernel']>> = { 1: 'lanczos3', 2: 'linear', 3: 'cubic' };

/**
 * What preprocessor_config.json of a folder says; nothing where there is no such file.
 * @throws TandemError 'model/unsupported-image-encoder'
 */
export async function readPreprocessor(folder: string): Promise<Partial<ImageInput>> {
  const path = join(folder, 'preprocessor_config.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new TandemError('model/unsupported-image-encoder', `${path}: is not JSON`);
  }
  const parsed = preprocessorSchema.safeParse(content);
  if (parsed.success) return { ...geometryOf(parsed.data), ...scaleOf(parsed.data) };
  const { path: keys, message } = parsed.error.issues[0];
  throw new TandemError('model/unsupported-image-encoder', `${path}: ${keys.join('.')}: ${message}`);
}

function geometryOf({ size, do_center_crop, crop_size, resample }: Preprocessor): Partial<ImageInput> {
  const kernel = kernels[resample ?? -1] ?? 'cubic';
  const cut = do_center_crop ? (crop_size?.height ?? crop_size?.shortest_edge) : undefined;
  const edge = size?.shortest_edge ?? size?.height;
  if (cut !== undefined) {
    const resizeTo = edge !== undefined && edge > cut ? { resizeTo: edge } : {};
    return { kernel, fit: 'cover', size: cut, ...resizeTo };
  }
  if (edge === undefined) return { kernel };
  return { kernel, fit: size?.shortest_edge === undefined ? 'fill' : 'cover', size: edge };
}

/** (v * factor - mean) / std, as (v / 255 - mean') / std'. */
function scaleOf(config: Preprocessor): Partial<ImageInput> {
  const { do_rescale, rescale_factor, do_normalize, image_mean, image_std } = config;
  const factor = 255 * (do_rescale ? rescale_factor : 1);
  const mean = do_normalize ? image_mean : undefined;
  const std = do_normalize ? image_std : undefined;
  if (do_normalize && (mean === undefined || std === undefined)) return {};
  const scaled = (values: readonly number[] | undefined, otherwise: number): [number, number, number] => {
    const [r, g, b] = (values ?? [otherwise, otherwise, otherwise]).map(value => value / factor);
    return [r, g, b];
  };
  return { mean: scaled(mean, 0), std: scaled(std, 1) };
}
