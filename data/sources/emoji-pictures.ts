import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { requireFrom } from '../../src/config/optional-packages.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { asWriteError } from '../../src/files/atomic.js';

/** Packages with pictures: vendor name -> package, folder of SVG files inside it. docs/NOTICE-demo.md has their licences. */
const vendors = [
  { vendor: 'twemoji', package: '@twemoji/svg', folder: '.' },
  { vendor: 'fluent', package: '@lobehub/fluent-emoji-flat', folder: 'assets' },
] as const;

/** Pictures rendered at a time: enough to keep sharp's threads busy, few enough to bound memory. */
const atATime = 4;

/** Which pictures there are. */
export interface EmojiPictures {
  /** Names of an emoji's pictures, such as `twemoji/1f431.webp`, one for each vendor that has it. */
  of(emoji: string): string[];
  /** Path of the SVG file behind a picture name; undefined for a name that is not known. */
  source(picture: string): string | undefined;
}

/**
 * Code points in lower-case hexadecimal, joined by `-`, without U+FE0F: CLDR leaves this variation selector out and vendors differ.
 * @example emojiCode('❤️') === '2764'
 */
export const emojiCode = (emoji: string): string =>
  Array.from(emoji, character => character.codePointAt(0) ?? 0)
    .filter(code => code !== 0xfe0f)
    .map(code => code.toString(16))
    .join('-');

/** Lists the pictures of the demo's packages. @throws TandemError 'package/unavailable' where they are not installed */
export async function openEmojiPictures(): Promise<EmojiPictures> {
  const require = requireFrom('tandem-search-demo-data');
  const sources = new Map<string, string>();
  for (const { vendor, package: name, folder } of vendors) {
    const path = join(dirname(require.resolve(`${name}/package.json`)), folder);
    for (const file of await readdir(path)) {
      const code = codeOfFile(file);
      if (code !== undefined) sources.set(`${vendor}/${code}.webp`, join(path, file));
    }
  }
  return {
    of: emoji =>
      vendors.map(({ vendor }) => `${vendor}/${emojiCode(emoji)}.webp`).filter(picture => sources.has(picture)),
    source: picture => sources.get(picture),
  };
}

/** `0023-fe0f-20e3.svg` -> `23-20e3` */
function codeOfFile(file: string): string | undefined {
  const codes = /^([0-9a-f]+(?:-[0-9a-f]+)*)\.svg$/i.exec(file)?.[1].split('-');
  return codes && emojiCode(String.fromCodePoint(...codes.map(code => Number.parseInt(code, 16))));
}

/**
 * Renders the pictures that documents name as WebP files of size x size pixels under `folder`, at their own names; each once.
 * The files are derived and can be rendered again: write into a folder that is not yet under its final name.
 * @param size  pixels, 16..1024
 * @returns number of pictures written; names that belong to no package are passed over
 * @throws TandemError 'package/unavailable' | 'files/disk-full' | 'files/write-failed'
 */
export async function renderPictures(documents: Iterable<DocumentRow>, folder: string, size: number): Promise<number> {
  const pictures = await openEmojiPictures();
  const wanted = new Set<string>();
  for (const { images = [] } of documents)
    for (const image of images) if (pictures.source(image) !== undefined) wanted.add(image);
  try {
    for (const { vendor } of vendors) await mkdir(join(folder, vendor), { recursive: true });
  } catch (error) {
    throw asWriteError(folder, error);
  }
  const queue = wanted.values();
  const work = async (): Promise<void> => {
    for (const picture of queue) await renderPicture(pictures.source(picture) ?? '', join(folder, picture), size);
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return wanted.size;
}

async function renderPicture(source: string, target: string, size: number): Promise<void> {
  const fit = { width: size, height: size, fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } } as const;
  // the drawings are 32 or 36 units wide: without a density to fit they would be drawn small and then enlarged
  const density = Math.min(2400, (72 * size) / 32);
  await sharp(source, { density })
    .resize(fit)
    .webp({ quality: 85 })
    .toFile(target)
    .catch((error: unknown) => {
      throw asWriteError(target, error);
    });
}
