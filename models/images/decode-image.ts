import sharp from 'sharp';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { ImageInput } from './image-encoder.js';

/** What a picture may cost. */
export interface ImageLimits {
  /** width times height, of formats that are decoded line by line or made smaller while they are read */
  readonly pixels: number;
  /** the same of formats that are decoded whole before anything else: some tens of bytes of memory for each */
  readonly pixelsAtOnce: number;
  /** of the file */
  readonly bytes: number;
  /** of decoding it */
  readonly seconds: number;
}

export const imageLimits: ImageLimits = {
  pixels: 64_000_000,
  pixelsAtOnce: 16_000_000,
  bytes: 64 * 2 ** 20,
  seconds: 10,
};

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
const isPng = (bytes: Uint8Array): boolean => ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n';

/**
 * The formats that are decoded, by their first bytes. Drawings (SVG) and documents (PDF) are none of them: they are programs that
 * draw, and what one costs cannot be bounded beforehand.
 */
const signatures: readonly ((bytes: Uint8Array) => boolean)[] = [
  isJpeg,
  isPng,
  bytes => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
  bytes => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)),
  bytes => /^(?:II\*\0|MM\0\*)$/.test(ascii(bytes, 0, 4)), // TIFF
  bytes => /^ftypavi[fs]$/.test(ascii(bytes, 4, 12)), // AVIF
];

const unreadable = (why: string): TandemError => new TandemError('image/unreadable', why);
const tooLarge = (why: string): TandemError => new TandemError('image/too-large', why);

/** What libvips says, as an error of ours; its lines name no file of the person's. */
function asImageError(error: unknown, pixels: number, { seconds }: ImageLimits): TandemError {
  if (error instanceof TandemError) return error;
  const said = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0].slice(0, 200);
  if (/pixel limit/i.test(said)) return tooLarge(`more than ${pixels} pixels`);
  if (/timeout/i.test(said)) return tooLarge(`not decoded within ${seconds} s`);
  return unreadable(said);
}

/**
 * Decodes a picture (JPEG, PNG, WebP, GIF, TIFF, AVIF) as an encoder wants it: upright as its EXIF data say, the first frame of an
 * animation, transparent parts white, greyscale, CMYK and 16 bits as sRGB of 8 bits.
 * @returns float32 [3 * size * size], laid out as `input.layout` says
 * @throws TandemError 'image/unreadable' | 'image/too-large'
 */
export async function decodeImage(
  bytes: Uint8Array,
  input: ImageInput,
  limits: ImageLimits = imageLimits,
): Promise<Float32Array> {
  if (bytes.length === 0) throw unreadable('the file is empty');
  if (bytes.length > limits.bytes) throw tooLarge(`more than ${limits.bytes} bytes`);
  if (!signatures.some(fits => fits(bytes))) throw unreadable('it is no JPEG, PNG, WebP, GIF, TIFF or AVIF');
  // bounded before anything is decoded: a file of a thousand bytes may be a picture of many millions
  const pixels = isJpeg(bytes) || isPng(bytes) ? limits.pixels : Math.min(limits.pixels, limits.pixelsAtOnce);
  try {
    return toInput(await readPixels(bytes, input, { ...limits, pixels }), input);
  } catch (error) {
    throw asImageError(error, pixels, limits);
  }
}

/** @returns RGB bytes [size * size * 3] */
async function readPixels(bytes: Uint8Array, input: ImageInput, limits: ImageLimits): Promise<Buffer> {
  const { size, fit, kernel, resizeTo = size } = input;
  const drawn = fit === 'cover' ? resizeTo : size;
  const at = Math.max(0, Math.floor((drawn - size) / 2));
  const white = { r: 255, g: 255, b: 255, alpha: 1 };
  // no picture comes twice in a row, and what is kept of a large one is hundreds of megabytes
  sharp.cache(false);
  const picture = sharp(bytes, { limitInputPixels: limits.pixels, failOn: 'error', pages: 1 })
    .timeout({ seconds: limits.seconds })
    .autoOrient()
    .flatten({ background: white })
    .resize(drawn, drawn, { fit, kernel, background: white });
  const cut = drawn > size ? picture.extract({ left: at, top: at, width: size, height: size }) : picture;
  const { data, info } = await cut
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 || data.length !== size * size * 3) throw unreadable(`${info.channels} colour channels`);
  return data;
}

function toInput(pixels: Uint8Array, { size, layout, channels, mean, std }: ImageInput): Float32Array {
  const values = new Float32Array(pixels.length);
  const plane = size * size;
  for (let c = 0; c < 3; c++) {
    const from = channels === 'RGB' ? c : 2 - c;
    for (let p = 0; p < plane; p++) {
      values[layout === 'NCHW' ? c * plane + p : p * 3 + c] = (pixels[p * 3 + from] / 255 - mean[c]) / std[c];
    }
  }
  return values;
}
