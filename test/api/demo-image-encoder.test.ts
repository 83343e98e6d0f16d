import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recallAcross } from '../../bench/image-encoder.js';
import { emojiCode, renderPictures } from '../../data/sources/emoji-pictures.js';
import { openImageEmbedder } from '../../models/runtime/image-embedder.js';
import { demoImageEncoder } from '../../src/api/demo/demo-image-encoder.js';

const emoji = Array.from('🐱🍎🚗🌲⚽🎸🏠🐟🍕🌙');
const pictureOf = (vendor: string, sign: string): string => `${vendor}/${emojiCode(sign)}.webp`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-demo-encoder-'));
  const images = emoji.flatMap(sign => [pictureOf('twemoji', sign), pictureOf('fluent', sign)]);
  await renderPictures([{ id: 'all', title: 'all', images }], folder, 128);
});
afterAll(() => rm(folder, { recursive: true }));

describe('demoImageEncoder', () => {
  it('finds nearly every emoji by its picture by another vendor', { timeout: 60_000 }, async () => {
    const encoder = await demoImageEncoder();
    expect(encoder.manifest.output.width).toBe(544);
    expect(encoder.manifest.source).toContain('MIT');
    const embedder = await openImageEmbedder(encoder, { threads: 1 });
    const vector = async (vendor: string, sign: string): Promise<Float32Array> =>
      embedder.embed(await readFile(join(folder, pictureOf(vendor, sign))));
    const pictured: [Float32Array, Float32Array][] = [];
    for (const sign of emoji) pictured.push([await vector('twemoji', sign), await vector('fluent', sign)]);
    await embedder.close();
    // among ten, one in ten is chance
    const [first] = recallAcross(pictured, [1]);
    expect(first).toBeGreaterThanOrEqual(0.7);
  });
});
