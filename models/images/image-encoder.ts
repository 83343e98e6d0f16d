import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFolderAtomically, writeWhole } from '../../src/files/atomic.js';
import { damagedFile, readFormatManifest } from '../../src/files/format-manifest.js';

/** Files of an image encoder, in a folder of its own or in that of the model that was trained with it. */
export const imageEncoderFiles = { manifest: 'image-encoder.json', model: 'image.onnx' } as const;

const three = z.tuple([z.number(), z.number(), z.number()]);

/** How a picture becomes the input of an encoder. A value is (v / 255 - mean) / std, v in 0..255. */
export const imageInputSchema = z.strictObject({
  /** pixels, width and height */
  size: z.int().min(8).max(1024),
  /** [1, 3, size, size] or [1, size, size, 3] */
  layout: z.enum(['NCHW', 'NHWC']),
  channels: z.enum(['RGB', 'BGR']),
  mean: three,
  std: three.refine(values => values.every(value => value > 0), 'expected three numbers above 0'),
  /** contain: the whole picture, on white; cover: its middle square; fill: stretched */
  fit: z.enum(['contain', 'cover', 'fill']),
  /** cover: the square is drawn so large and its middle cut out, in pixels; size when absent */
  resizeTo: z.int().min(8).max(2048).optional(),
  kernel: z.enum(['linear', 'cubic', 'lanczos3']),
});

/** image-encoder.json: what an image encoder says about itself. */
export const imageEncoderSchema = z.strictObject({
  format: z.literal('tandem-image-encoder'),
  version: z.literal(1),
  /** version of Tandem that wrote it */
  tandem: z.string(),
  input: imageInputSchema.extend({ name: z.string().min(1) }),
  output: z.strictObject({
    name: z.string().min(1),
    /** axes of the output: 2 = a vector, 3 = tokens [1, T, W], 4 = places of a picture, laid out as the input is */
    rank: z.union([z.literal(2), z.literal(3), z.literal(4)]),
    /** of tokens and places: their mean, or the first token */
    pooling: z.enum(['mean', 'first']),
    /** W, numbers of a vector */
    width: z.int().min(1).max(65_536),
  }),
  /** where the encoder comes from and under which licence */
  source: z.string(),
  /** of image.onnx */
  sha256: z.string().length(64),
});

export type ImageInput = z.infer<typeof imageInputSchema>;
export type ImageEncoderManifest = z.infer<typeof imageEncoderSchema>;

/** An image encoder read from its folder. */
export interface ImageEncoder {
  readonly manifest: ImageEncoderManifest;
  /** the bytes of image.onnx */
  readonly model: Uint8Array;
  /** sha256 over all that decides a vector, hexadecimal */
  readonly id: string;
}

/** Raised when pictures become other numbers than before, so that old vectors are not taken for new ones. */
const decodeVersion = 1;

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const identityOf = ({ input, output, sha256: model }: ImageEncoderManifest): string =>
  sha256(JSON.stringify([decodeVersion, input, output, model]));

export type ImageEncoderParts = Pick<ImageEncoderManifest, 'input' | 'output' | 'source' | 'tandem'> & {
  readonly model: Uint8Array;
};

/** Puts an encoder together that is not yet a folder. */
export function createImageEncoder({ model, ...parts }: ImageEncoderParts): ImageEncoder {
  const manifest: ImageEncoderManifest = {
    format: 'tandem-image-encoder',
    version: 1,
    ...parts,
    sha256: sha256(model),
  };
  return { manifest, model, id: identityOf(manifest) };
}

/** Writes the two files of an encoder into a folder that is there. @throws TandemError 'files/disk-full' | 'files/write-failed' */
export async function writeImageEncoderFiles(folder: string, { manifest, model }: ImageEncoder): Promise<void> {
  await writeWhole(join(folder, imageEncoderFiles.model), model);
  await writeWhole(join(folder, imageEncoderFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Writes an encoder as a folder, whole or not at all. @throws TandemError 'files/disk-full' | 'files/write-failed' */
export const writeImageEncoder = (path: string, encoder: ImageEncoder): Promise<void> =>
  writeFolderAtomically(path, folder => writeImageEncoderFiles(folder, encoder));

/**
 * Reads the image encoder of a folder; image.onnx is checked against image-encoder.json.
 * @throws TandemError 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version'
 */
export async function readImageEncoder(folder: string): Promise<ImageEncoder> {
  const { manifest } = await readFormatManifest(folder, imageEncoderFiles.manifest, folderFormat);
  const path = join(folder, imageEncoderFiles.model);
  const model = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw damagedFile(path, `cannot be read (${error.code})`);
  });
  if (sha256(model) !== manifest.sha256) throw damagedFile(path, 'was altered');
  return { manifest, model, id: identityOf(manifest) };
}

const folderFormat = {
  format: 'tandem-image-encoder',
  version: 1,
  schema: imageEncoderSchema,
  of: 'an image encoder',
  missing: (folder: string, why: string) =>
    `${folder}: is no image encoder (${why}); \`tandem import-image-encoder\` writes one`,
} as const;
