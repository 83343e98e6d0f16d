import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { ImageLimits } from './decode-image.js';

const bad = (why: string): TandemError => new TandemError('image/bad-reference', why);

/** What a reference is called in a message: a data URI is long and says nothing. */
export const nameOfReference = (reference: string): string =>
  reference.length <= 120 ? reference : `${reference.slice(0, 60)}... (${reference.length} characters)`;

/** What a reference is remembered by: a data URI, which is as long as its picture, by its SHA-256. */
export const keyOfReference = (reference: string): string =>
  reference.length <= 120 ? reference : `sha256:${createHash('sha256').update(reference).digest('hex')}`;

/**
 * The bytes behind a reference: a path below `root`, with forward slashes, or a data URI in base64. Nothing is fetched from a network.
 * @param root  folder of the pictures; without one only data URIs are read
 * @throws TandemError 'image/bad-reference' | 'image/not-found' | 'image/too-large' | 'image/unreadable', and 'files/too-many-open', which is no fault of the picture
 */
export async function readReference(
  reference: string,
  root: string | undefined,
  limits: ImageLimits,
): Promise<Uint8Array> {
  if (/^data:/i.test(reference)) return readDataUri(reference, limits);
  const path = checkPath(reference);
  if (root === undefined) throw new TandemError('image/not-found', 'there is no folder of pictures');
  return readBelow(root, path, limits);
}

function readDataUri(uri: string, { bytes: most }: ImageLimits): Uint8Array {
  const head = /^data:image\/[a-z0-9.+-]{1,60};base64,/i.exec(uri.slice(0, 100));
  if (head === null) throw bad('a data URI begins with data:image/TYPE;base64,');
  const content = uri.slice(head[0].length);
  if ((content.length / 4) * 3 > most + 3) throw new TandemError('image/too-large', `more than ${most} bytes`);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw new TandemError('image/unreadable', 'it is no base64');
  return Buffer.from(content, 'base64');
}

/** @throws TandemError 'image/bad-reference' where it is no relative path that stays where it is */
function checkPath(reference: string): string {
  if (reference === '') throw bad('it is empty');
  if (reference.includes('\0')) throw bad('it holds a NUL character');
  if (/^https?:/i.test(reference)) throw bad('pictures are not fetched over the network');
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference) || isAbsolute(reference) || /^[\\/]/.test(reference)) {
    throw bad('it is no path relative to the folder of pictures');
  }
  if (reference.split(/[\\/]/).includes('..')) throw bad('it leads out of the folder of pictures');
  return reference;
}

const ownFaults = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

async function readBelow(root: string, path: string, { bytes: most }: ImageLimits): Promise<Uint8Array> {
  const notFound = (error: NodeJS.ErrnoException): never => {
    // no fault of the picture: a document must not be stored without it
    if (ownFaults.has(error.code ?? '')) {
      const why = `a picture cannot be read (${error.code})`;
      throw new TandemError('files/too-many-open', why, {}, { cause: error });
    }
    throw new TandemError('image/not-found', `cannot be read (${error.code})`, {}, { cause: error });
  };
  const folder = await realpath(root).catch(notFound);
  const file = await realpath(join(folder, path)).catch(notFound);
  const inside = folder.endsWith(sep) ? folder : folder + sep;
  if (!file.startsWith(inside)) throw bad('a link leads out of the folder of pictures');
  // a pipe would wait for a writer, and a link put in between the check and now would lead elsewhere
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch(notFound);
  try {
    const { size, isFile } = await handle.stat().then(found => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) throw new TandemError('image/not-found', 'is no file');
    if (size > most) throw new TandemError('image/too-large', `${size} bytes, at most ${most}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
