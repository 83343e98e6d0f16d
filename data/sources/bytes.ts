import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TandemError } from '../../src/errors/tandem-error.js';

/** A gzip member begins with these two bytes (RFC 1952, 2.3.1); the content decides, not the name. */
const gzipMagic = Buffer.from([0x1f, 0x8b]);

/**
 * Turns an error of reading into the documented one.
 * @returns 'data/not-found' for a path that cannot be opened, 'files/damaged' for a gzip file that is cut short or altered
 */
export function asReadError(path: string, error: unknown): TandemError {
  if (error instanceof TandemError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith('Z_'))
    return new TandemError('files/damaged', `${path}: ${message}`, { path }, { cause: error });
  const reason = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder, not a file' : message;
  return new TandemError('data/not-found', `${path}: ${reason}`, { path }, { cause: error });
}

/**
 * The bytes of a file, in pieces; what is gzipped is decompressed on the way.
 * @throws TandemError 'data/not-found' | 'files/damaged' (gzip)
 */
export async function* readBytes(path: string): AsyncGenerator<Buffer, void, undefined> {
  const gzipped = await isGzip(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const bytes = gzipped ? decompress(file) : file;
  try {
    for await (const piece of bytes) yield piece as Buffer;
  } catch (error) {
    throw asReadError(path, error);
  } finally {
    bytes.destroy();
    file.destroy();
  }
}

/** Whether the content of a file is gzipped, whatever its name says. */
export async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(gzipMagic.length);
    await handle.read(head, 0, head.length, 0);
    return head.equals(gzipMagic);
  } finally {
    await handle.close();
  }
}

function decompress(file: Readable): Readable {
  const gunzip = createGunzip();
  // pipe() hands on data but not failures
  file.on('error', error => gunzip.destroy(error));
  return file.pipe(gunzip);
}
