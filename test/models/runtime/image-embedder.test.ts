import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createImageEncoder,
  type ImageEncoderManifest,
  readImageEncoder,
  writeImageEncoder,
} from '../../../models/images/image-encoder.js';
import { createImageSource, type UnreadableImage } from '../../../models/images/image-source.js';
import { openVectorCache } from '../../../models/images/vector-cache.js';
import { encodeModel } from '../../../models/recorder/onnx-proto.js';
import { openImageEmbedder, pooled, scaled } from '../../../models/runtime/image-embedder.js';
import { identityGraph, input, meanEncoder, plainPicture } from '../images/fixture.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-encoder-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rounded = (values: Float32Array): number[] => Array.from(values, value => Number(value.toFixed(5)));

describe('openImageEmbedder', () => {
  it('gives the output of the graph, scaled to a root mean square of 1', async () => {
    const embedder = await openImageEmbedder(meanEncoder(), { threads: 1 });
    // colours (1, .2, 0): their squares sum to 1.04, so each times sqrt(3 / 1.04)
    const scale = Math.sqrt(3 / 1.04);
    expect(rounded(await embedder.embed(await plainPicture('#ff3300')))).toEqual(
      [scale, 0.2 * scale, 0].map(value => Number(value.toFixed(5))),
    );
    await embedder.close();
  });

  it('runs that overlap give what they give singly', async () => {
    const embedder = await openImageEmbedder(meanEncoder(), { threads: 1 });
    const pictures = await Promise.all(['red', 'blue', 'white', 'lime'].map(colour => plainPicture(colour)));
    const together = await Promise.all(pictures.map(picture => embedder.embed(picture)));
    for (const [i, picture] of pictures.entries()) expect(await embedder.embed(picture)).toEqual(together[i]);
    await embedder.close();
  });

  it('averages an output of rank 4 over its places', async () => {
    const encoder = createImageEncoder({
      model: encodeModel(identityGraph()),
      input: { ...input({ layout: 'NCHW' }), name: 'pixels' },
      output: { name: 'places', rank: 4, pooling: 'mean', width: 3 },
      source: '',
      tandem: '0',
    });
    const mean = await openImageEmbedder(meanEncoder(), { threads: 1 });
    const embedder = await openImageEmbedder(encoder, { threads: 1 });
    // 8 x 6 of it blue, the rest white
    const picture = await plainPicture('blue', 32, 24);
    expect(rounded(await embedder.embed(picture))).toEqual(rounded(await mean.embed(picture)));
    await Promise.all([embedder.close(), mean.close()]);
  });

  it('refuses a graph that onnxruntime cannot load', async () => {
    const encoder = { ...meanEncoder(), model: Buffer.from('no graph') };
    await expect(openImageEmbedder(encoder)).rejects.toMatchObject({ code: 'model/damaged' });
  });
});

describe('pooled', () => {
  const tokens = Float32Array.of(1, 2, 3, 4, 5, 6);
  it.each([
    ['two tokens of three, the first', { width: 3, first: true, channelsFirst: false }, [1, 2, 3]],
    ['two tokens of three, their mean', { width: 3, first: false, channelsFirst: false }, [2.5, 3.5, 4.5]],
    ['three channels of two places', { width: 3, first: false, channelsFirst: true }, [1.5, 3.5, 5.5]],
    ['a vector', { width: 6, first: false, channelsFirst: false }, [1, 2, 3, 4, 5, 6]],
  ])('%s', (_, how, expected) => expect([...pooled(tokens, how)]).toEqual(expected));
});

describe('scaled', () => {
  it('makes the root mean square 1, and leaves zeros', () => {
    // (3, 4): 25 / 2 = 12.5
    expect(rounded(scaled(Float32Array.of(3, 4)))).toEqual([3, 4].map(v => Number((v / Math.sqrt(12.5)).toFixed(5))));
    expect([...scaled(new Float32Array(2))]).toEqual([0, 0]);
  });

  it('refuses what is no number', () => {
    expect(() => scaled(Float32Array.of(1, Number.NaN))).toThrow(expect.objectContaining({ code: 'image/unreadable' }));
  });
});

describe('an encoder folder', () => {
  it('is read as it was written, and known by what decides a vector', async () => {
    const encoder = meanEncoder();
    await writeImageEncoder(at('encoder'), encoder);
    const read = await readImageEncoder(at('encoder'));
    expect([read.manifest, read.id, Buffer.from(read.model)]).toEqual([
      encoder.manifest,
      encoder.id,
      Buffer.from(encoder.model),
    ]);
    const { model, manifest } = encoder;
    const other = (changes: Partial<ImageEncoderManifest>) => createImageEncoder({ ...manifest, ...changes, model }).id;
    expect(other({ source: 'elsewhere', tandem: '9' })).toBe(encoder.id);
    expect(other({ input: { ...manifest.input, fit: 'cover' } })).not.toBe(encoder.id);
    expect(other({ output: { ...manifest.output, pooling: 'first' } })).not.toBe(encoder.id);
  });

  const damages: [string, (path: string) => Promise<void>, string, string][] = [
    ['no folder', async path => rm(path, { recursive: true }), 'data/not-found', 'import-image-encoder'],
    ['no graph', async path => rm(join(path, 'image.onnx')), 'model/damaged', 'image.onnx'],
    ['a graph cut short', async path => cut(join(path, 'image.onnx')), 'model/damaged', 'was altered'],
    ['no JSON', async path => writeFile(join(path, 'image-encoder.json'), '{'), 'model/damaged', 'is not JSON'],
    ['another format', async path => change(path, { format: 'tandem-model' }), 'model/damaged', 'is not the manifest'],
    ['a later version', async path => change(path, { version: 2 }), 'model/unsupported-version', 'reads version 1'],
    ['a key too many', async path => change(path, { extra: 1 }), 'model/damaged', 'extra'],
    ['a value out of bounds', async path => change(path, { output: { name: 'x' } }), 'model/damaged', 'output.'],
  ];

  it.each(damages)('%s is told with its code', async (name, damage, code, words) => {
    const path = at(`damaged ${name}`);
    await writeImageEncoder(path, meanEncoder());
    await damage(path);
    await expect(readImageEncoder(path)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});

async function cut(path: string): Promise<void> {
  await writeFile(path, (await readFile(path)).subarray(0, 20));
}

async function change(folder: string, changes: object): Promise<void> {
  const path = join(folder, 'image-encoder.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }));
}

describe('createImageSource', () => {
  it('gives vectors in order, tells what it could not read, and makes none that the cache has', async () => {
    const root = await mkdtemp(at('pictures'));
    await writeFile(join(root, 'red.png'), await plainPicture('red'));
    await writeFile(join(root, 'bad.png'), 'no picture');
    const embedder = await openImageEmbedder(meanEncoder(), { threads: 1 });
    let embedded = 0;
    const counted = {
      width: 3,
      embed: (bytes: Uint8Array) => {
        embedded++;
        return embedder.embed(bytes);
      },
    };
    const cache = openVectorCache({ folder: at('cache'), encoder: meanEncoder().id, width: 3 });
    const unreadable: UnreadableImage[] = [];
    const source = createImageSource({ root, embedder: counted, cache, onUnreadable: image => unreadable.push(image) });
    const blue = `data:image/png;base64,${(await plainPicture('blue')).toString('base64')}`;
    const wanted = ['bad.png', 'red.png', blue, 'http://example.org/x.png', 'red.png'];
    const vectors = await source.vectorsOf(wanted);
    const root3 = Number(Math.sqrt(3).toFixed(5));
    expect(vectors.of(wanted).map(rounded)).toEqual([
      [root3, 0, 0],
      [0, 0, root3],
      [root3, 0, 0],
    ]);
    expect(unreadable.map(({ reference, code }) => [reference, code])).toEqual([
      ['bad.png', 'image/unreadable'],
      ['http://example.org/x.png', 'image/bad-reference'],
    ]);
    expect(embedded).toBe(3);
    await source.vectorsOf(['red.png', blue]);
    expect(embedded).toBe(3);
    cache.close();
    await embedder.close();
  });
});
