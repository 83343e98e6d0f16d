import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emojiDataset } from '../data/sources/emoji.js';
import { renderPictures } from '../data/sources/emoji-pictures.js';
import { decodeImage } from '../models/images/decode-image.js';
import { type ImageInput, writeImageEncoder } from '../models/images/image-encoder.js';
import { embedImages } from '../serving/jobs/embed-images.js';
import { demoImageEncoder } from '../src/api/demo/demo-image-encoder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';

const vendors = ['twemoji', 'fluent'] as const;
/** pixels of the pictures of the demo */
const pictureSize = 128;
/** levels of each colour in the histogram */
const levels = 4;
const pixelSize = 8;

/** By emoji: a vector of its picture by each vendor. */
type Pictured = readonly (readonly [Float32Array, Float32Array])[];

/** Emoji that both vendors have drawn, each once. */
async function drawnTwice(): Promise<string[]> {
  const shares = { train: 1, validation: 0, test: 0 };
  const { documents } = await emojiDataset({ locales: ['en'], fast: false, shares, seed: 1 });
  const names: string[] = [];
  for await (const { images = [] } of documents) {
    const [name] = images.map(image => image.slice(image.indexOf('/') + 1));
    if (images.length === vendors.length) names.push(name);
  }
  return [...new Set(names)].sort();
}

const plain: ImageInput = {
  size: 64,
  layout: 'NHWC',
  channels: 'RGB',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  fit: 'contain',
  kernel: 'cubic',
};

/** Share of the pixels that have a colour, by colour; roots, so that a product is that of Bhattacharyya. */
function histogram(pixels: Float32Array): Float32Array {
  const counts = new Float32Array(levels ** 3);
  const level = (value: number): number => Math.min(levels - 1, Math.floor(value * levels));
  for (let p = 0; p < pixels.length; p += 3)
    counts[(level(pixels[p]) * levels + level(pixels[p + 1])) * levels + level(pixels[p + 2])]++;
  return counts.map(Math.sqrt);
}

function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
  return vector.map(value => value / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Share of the pictures by one vendor whose own emoji is among the k nearest by the other, by cosine. */
export function recallAcross(pictured: Pictured, ks: readonly number[]): number[] {
  const theirs = pictured.map(([, other]) => toUnitLength(other));
  const better = pictured.map(([own], e) => {
    const query = toUnitLength(own);
    const similarity = dot(query, theirs[e]);
    return theirs.reduce((count, other) => count + (dot(query, other) > similarity ? 1 : 0), 0);
  });
  return ks.map(k => better.filter(count => count < k).length / better.length);
}

async function pixelVectors(
  folder: string,
  names: readonly string[],
  size: number,
  of: (pixels: Float32Array) => Float32Array,
): Promise<Pictured> {
  const vector = async (vendor: string, name: string): Promise<Float32Array> =>
    of(await decodeImage(await readFile(join(folder, vendor, name)), { ...plain, size }));
  return Promise.all(
    names.map(async name => [await vector(vendors[0], name), await vector(vendors[1], name)] as const),
  );
}

async function encoderVectors(folder: string, names: readonly string[], pictures: string): Promise<Pictured> {
  await writeImageEncoder(join(folder, 'encoder'), await demoImageEncoder());
  const references = names.flatMap(name => vendors.map(vendor => `${vendor}/${name}`));
  const places = { encoder: join(folder, 'encoder'), cache: join(folder, 'cache') };
  const { vectors, close } = await embedImages({ references, images: references.length, root: pictures, ...places });
  try {
    return names.map(name => {
      const [one, other] = vectors.of(vendors.map(vendor => `${vendor}/${name}`));
      return [one, other] as const;
    });
  } finally {
    close();
  }
}

/**
 * What the image encoder of the demo is worth: does the vector of an emoji's picture by one vendor find its picture by the other first among
 * all? Beside it 8 x 8 pixels and a histogram of colours.
 */
export async function imageEncoder({ sizes }: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    const all = await drawnTwice();
    const step = Math.max(1, Math.floor(all.length / (sizes?.[0] ?? all.length)));
    const names = all.filter((_, i) => i % step === 0);
    const images = names.flatMap(name => vendors.map(vendor => `${vendor}/${name}`));
    const pictures = join(folder, 'pictures');
    await renderPictures([{ id: 'all', title: 'all', images }], pictures, pictureSize);
    const contestants: Record<string, Pictured> = {
      encoder: await encoderVectors(folder, names, pictures),
      [`pixels ${pixelSize} x ${pixelSize}`]: await pixelVectors(pictures, names, pixelSize, pixels => pixels),
      histogram: await pixelVectors(pictures, names, plain.size, histogram),
    };
    const quality: Record<string, number> = {};
    const rows: string[][] = [];
    for (const [name, pictured] of Object.entries(contestants)) {
      const [first, ten] = recallAcross(pictured, [1, 10]);
      quality[`${name}, Recall@1`] = first;
      quality[`${name}, Recall@10`] = ten;
      rows.push([name, String(pictured[0][0].length), first.toFixed(3), ten.toFixed(3)]);
    }
    return {
      bench: 'image-encoder',
      header: describeMachine({}, { emoji: names.length, 'pixels of a picture': pictureSize }),
      results: [],
      ratio: {},
      quality,
      missing: [],
      table: {
        columns: [{ name: '' }, ...['width', 'Recall@1', 'Recall@10'].map(name => ({ name, numeric: true }))],
        rows,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
