import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, imageLimits } from '../../../models/images/decode-image.js';
import type { ImageInput } from '../../../models/images/image-encoder.js';
import { input, plainPicture } from './fixture.js';

/** Colours as bytes again: [r, g, b] of a place of an 8 x 8 picture. */
async function colourAt(bytes: Uint8Array, row: number, column: number, changes: Partial<ImageInput> = {}) {
  const values = await decodeImage(bytes, input(changes));
  return Array.from(values.subarray((row * 8 + column) * 3, (row * 8 + column) * 3 + 3), v => Math.round(v * 255));
}

const red = [255, 0, 0];
const white = [255, 255, 255];

/** Four quarters of 4 x 4 pixels: red, green; blue, black. */
async function quarters(): Promise<Sharp> {
  const part = async (background: string, left: number, top: number) => ({
    input: await plainPicture(background, 4),
    left,
    top,
  });
  return sharp(await plainPicture('red')).composite([
    await part('lime', 4, 0),
    await part('blue', 0, 4),
    await part('black', 4, 4),
  ]);
}

const quarterColours = [
  [red, [0, 255, 0]],
  [
    [0, 0, 255],
    [0, 0, 0],
  ],
];

/** EXIF 2.3: where the first row and the first column of the stored picture are seen. */
const orientations = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
} as const;

describe('decodeImage', () => {
  it.each(Object.entries(orientations))('turns a picture of EXIF orientation %s upright', async (number, sides) => {
    const stored = await (await quarters())
      .withMetadata({ orientation: Number(number) })
      .png()
      .toBuffer();
    expect((await sharp(stored).metadata()).orientation).toBe(Number(number));
    for (const r of [0, 1])
      for (const c of [0, 1]) {
        const along = (side: string, index: number): number => (side === 'top' || side === 'left' ? index : 1 - index);
        const lies = sides[0] === 'left' || sides[0] === 'right';
        const [row, column] = lies
          ? [along(sides[1], c), along(sides[0], r)]
          : [along(sides[0], r), along(sides[1], c)];
        expect(await colourAt(stored, row * 4 + 1, column * 4 + 1)).toEqual(quarterColours[r][c]);
      }
  });

  it('lays transparent parts on white', async () => {
    const half = { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 128 / 255 } } as const;
    const picture = await sharp({ create: half }).png().toBuffer();
    // 255 * (1 - 128 / 255)
    expect(await colourAt(picture, 3, 3)).toEqual([255, 127, 127]);
  });

  it.each(['gif', 'webp'] as const)('takes the first frame of an animated %s', async format => {
    const frames = [await plainPicture('red'), await plainPicture('blue')];
    const animated = sharp(frames, { join: { animated: true } });
    const picture = await (format === 'gif' ? animated.gif() : animated.webp({ lossless: true })).toBuffer();
    expect((await sharp(picture).metadata()).pages).toBe(2);
    expect(await colourAt(picture, 7, 7)).toEqual(red);
  });

  it('makes sRGB of 8 bits of 16 bits and of greyscale', async () => {
    const deep = Buffer.from(new Uint16Array(8 * 8 * 3).fill(0x8080).buffer);
    const raw = { width: 8, height: 8, channels: 3, depth: 'ushort' } as const;
    const sixteen = await sharp(deep, { raw }).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(sixteen).metadata()).depth).toBe('ushort');
    expect(await colourAt(sixteen, 0, 0)).toEqual([0x80, 0x80, 0x80]);
    const grey = await sharp(await plainPicture('#404040'))
      .greyscale()
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(1);
    expect(await colourAt(grey, 0, 0)).toEqual([0x40, 0x40, 0x40]);
  });

  it('makes sRGB of CMYK', async () => {
    const picture = await sharp(await plainPicture('red'))
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(picture).metadata()).space).toBe('cmyk');
    const [r, g, b] = await colourAt(picture, 4, 4);
    // print has no pure red: it stays the one strong colour
    expect([r > 200, g < 60, b < 60]).toEqual([true, true, true]);
  });

  it('contain keeps the whole picture on white, cover its middle, fill all of it', async () => {
    // 16 x 8: a red half and a blue half
    const wide = await sharp(await plainPicture('red', 16, 8))
      .composite([{ input: await plainPicture('blue', 8, 8), left: 8, top: 0 }])
      .png()
      .toBuffer();
    const blue = [0, 0, 255];
    // drawn 8 x 4, two rows of white above and below
    expect(await Promise.all([1, 2, 5, 6].map(row => colourAt(wide, row, 0)))).toEqual([white, red, red, white]);
    expect(await colourAt(wide, 4, 7)).toEqual(blue);
    expect([await colourAt(wide, 0, 0, { fit: 'cover' }), await colourAt(wide, 7, 7, { fit: 'cover' })]).toEqual([
      red,
      blue,
    ]);
    expect([await colourAt(wide, 0, 0, { fit: 'fill' }), await colourAt(wide, 7, 7, { fit: 'fill' })]).toEqual([
      red,
      blue,
    ]);
  });

  it('cover cuts the middle out of a larger square', async () => {
    const framed = await sharp(await plainPicture('red', 16))
      .composite([{ input: await plainPicture('blue', 8), left: 4, top: 4 }])
      .png()
      .toBuffer();
    const cut = { fit: 'cover', resizeTo: 16 } as const;
    expect([await colourAt(framed, 0, 0, cut), await colourAt(framed, 7, 7, cut)]).toEqual([
      [0, 0, 255],
      [0, 0, 255],
    ]);
    expect(await colourAt(framed, 0, 0, { fit: 'cover' })).toEqual(red);
  });

  it('lays colours out as the encoder wants them, less the mean and by the deviation', async () => {
    const picture = await plainPicture('#ff3300'); // 1, .2, 0
    const changes = { mean: [0.5, 0.1, 0.25], std: [0.5, 0.2, 0.5] } as const;
    const scaled = input({ mean: [...changes.mean], std: [...changes.std] });
    const planes = await decodeImage(picture, { ...scaled, layout: 'NCHW' });
    expect([planes[0], planes[63], planes[64], planes[128]].map(v => Number(v.toFixed(5)))).toEqual([1, 1, 0.5, -0.5]);
    const bgr = await decodeImage(picture, { ...scaled, channels: 'BGR', layout: 'NHWC' });
    // blue is 0, red 1: the first mean is that of the first channel
    expect(Array.from(bgr.subarray(0, 3), v => Number(v.toFixed(5)))).toEqual([-1, 0.5, 1.5]);
  });
});

/** A PNG that claims to be of a size and has one byte of content. */
function claimedPng(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(1))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const bomb = `<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>`;
const noise = async (format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'gif' | 'avif'): Promise<Buffer> => {
  const pixels = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
  return sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } })
    .toFormat(format)
    .toBuffer();
};

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);

describe('what cannot be read', () => {
  it.each([
    ['nothing', async () => Buffer.alloc(0), 'image/unreadable', 'empty'],
    ['a text', async () => Buffer.from('no picture at all'), 'image/unreadable', 'no JPEG'],
    ['a drawing', async () => Buffer.from(bomb), 'image/unreadable', 'no JPEG'],
    ['a document', async () => Buffer.from('%PDF-1.7 '), 'image/unreadable', 'no JPEG'],
    ['a signature alone', async () => (await noise('png')).subarray(0, 8), 'image/unreadable', ''],
    ['half a PNG', async () => half(await noise('png')), 'image/unreadable', ''],
    ['half a JPEG', async () => half(await noise('jpeg')), 'image/unreadable', ''],
    ['half a WebP', async () => half(await noise('webp')), 'image/unreadable', ''],
    ['a PNG of 10 gigapixels', async () => claimedPng(100_000, 100_000), 'image/too-large', '64000000 pixels'],
    ['a PNG with less in it than it claims', async () => claimedPng(64, 64), 'image/unreadable', ''],
  ])('%s is told with its code', async (_, make, code, words) => {
    await expect(decodeImage(await make(), input())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('bounds the pixels of formats that are decoded whole more closely, before it decodes, and keeps nothing of them', async () => {
    const limits = { ...imageLimits, pixels: 100, pixelsAtOnce: 64 };
    const grey = (width: number) => sharp({ create: { width, height: 8, channels: 3, background: 'grey' } });
    for (const width of [8, 9]) {
      const whole = await Promise.all(
        [grey(width).avif(), grey(width).webp(), grey(width).gif()].map(p => p.toBuffer()),
      );
      const inLines = await Promise.all([grey(width).png(), grey(width).jpeg()].map(picture => picture.toBuffer()));
      for (const picture of inLines) expect(await decodeImage(picture, input(), limits)).toHaveLength(192);
      for (const picture of whole) {
        const decoded = decodeImage(picture, input(), limits);
        if (width === 8) expect(await decoded).toHaveLength(192);
        else await expect(decoded).rejects.toMatchObject({ code: 'image/too-large' });
      }
    }
    expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, items: { max: 0 } });
  });

  it('refuses a small file of many pixels as it stands', async () => {
    const create = { width: 8_000, height: 2_001, channels: 3, background: 'grey' } as const;
    const picture = await sharp({ create }).webp({ effort: 0 }).toBuffer();
    expect(picture.length).toBeLessThan(100_000);
    await expect(decodeImage(picture, input())).rejects.toMatchObject({
      code: 'image/too-large',
      message: 'more than 16000000 pixels',
    });
  });

  it('the limits are those that are given, to the pixel and the byte', async () => {
    const picture = await plainPicture('red', 10, 10);
    const limits = { ...imageLimits, pixels: 100, bytes: picture.length };
    await expect(decodeImage(picture, input(), limits)).resolves.toHaveLength(8 * 8 * 3);
    await expect(decodeImage(picture, input(), { ...limits, pixels: 99 })).rejects.toMatchObject({
      code: 'image/too-large',
    });
    const small = { ...limits, bytes: picture.length - 1 };
    await expect(decodeImage(picture, input(), small)).rejects.toMatchObject({ code: 'image/too-large' });
  });

  it('altered pictures give a vector or an error of the table, whatever is in them', async () => {
    const pictures = await Promise.all((['png', 'jpeg', 'webp', 'tiff', 'gif', 'avif'] as const).map(noise));
    const change = fc.tuple(fc.nat(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.array(change, { minLength: 1, maxLength: 8 }), async (which, changes) => {
        const bytes = Buffer.from(pictures[which]);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const outcome = await decodeImage(bytes, input()).catch((error: unknown) => error);
        if (outcome instanceof Float32Array) expect(outcome).toHaveLength(8 * 8 * 3);
        else expect(outcome).toMatchObject({ code: expect.stringMatching(/^image\/(unreadable|too-large)$/) });
      }),
      { numRuns: 60 },
    );
  });
});
