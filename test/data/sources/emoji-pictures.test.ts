import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { emojiCode, openEmojiPictures, renderPictures } from '../../../data/sources/emoji-pictures.js';
import { temporaryFolder } from '../temporary-folder.js';

describe('emojiCode', () => {
  it('joins code points and leaves the variation selector out', () => {
    expect(emojiCode('🐱')).toBe('1f431');
    expect(emojiCode('❤\ufe0f')).toBe('2764');
    expect(emojiCode('👩\u200d🚀')).toBe('1f469-200d-1f680');
  });
});

describe('openEmojiPictures', () => {
  it('finds the pictures of both vendors, however they name their files', async () => {
    const pictures = await openEmojiPictures();
    expect(pictures.of('🐱')).toEqual(['twemoji/1f431.webp', 'fluent/1f431.webp']);
    // on disk: 2764.svg of one, 2764-fe0f.svg of the other
    expect(pictures.of('❤')).toEqual(['twemoji/2764.webp', 'fluent/2764.webp']);
    expect(pictures.of('x')).toEqual([]);
    expect(pictures.source('twemoji/1f431.webp')).toMatch(/1f431\.svg$/);
    expect(pictures.source('../package.json')).toBeUndefined();
  });
});

describe('renderPictures', () => {
  it('renders each picture once, at the size and not empty, and passes over unknown names', async () => {
    const folder = await temporaryFolder();
    const images = ['twemoji/1f431.webp', 'fluent/1f431.webp'];
    const documents = [
      { id: 'a', title: 't', images },
      { id: 'b', title: 't', images: [...images, 'https://example.org/x.png', '../../x.webp'] },
      { id: 'c', title: 't' },
    ];
    expect(await renderPictures(documents, folder, 64)).toBe(2);
    expect((await readdir(folder)).sort()).toEqual(['fluent', 'twemoji']);
    for (const image of images) {
      const { data, info } = await sharp(join(folder, image)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([64, 64]);
      const opaque = data.filter((value, i) => i % 4 === 3 && value > 128).length;
      // a face fills more than a quarter of its square; the corners stay clear
      expect(opaque).toBeGreaterThan((64 * 64) / 4);
      expect(data[3]).toBe(0);
    }
  });

  it('says where it cannot write', async () => {
    const documents = [{ id: 'a', title: 't', images: ['twemoji/1f431.webp'] }];
    await expect(renderPictures(documents, '/dev/null/pictures', 64)).rejects.toMatchObject({
      code: 'files/write-failed',
    });
  });
});
