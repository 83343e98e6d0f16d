import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32, createGunzip } from 'node:zlib';
import { TandemError } from '../../src/errors/tandem-error.js';
import { damagedZip, isZip, openZippedFile } from './zip.js';

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
 * The bytes of a file, in pieces; what is gzipped, or the one file of a zip archive, is decompressed on the way.
 * @throws TandemError 'data/not-found' | 'files/damaged' (gzip, zip) | 'data/unknown-format' (a zip archive of several files)
 */
export async function* readBytes(path: string): AsyncGenerator<Buffer, void, undefined> {
  const head = await readMagic(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  if (isZip(head)) return yield* readZip(path);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const bytes = isGzip(head) ? decompress(file) : file;
  try {
    for await (const piece of bytes) yield piece as Buffer;
  } catch (error) {
    throw asReadError(path, error);
  } finally {
    bytes.destroy();
    file.destroy();
  }
}

async function* readZip(path: string): AsyncGenerator<Buffer, void, undefined> {
  const { content, crc, close } = await openZippedFile(path);
  let read = 0;
  try {
    for await (const piece of content) {
      read = crc32(piece as Buffer, read);
      yield piece as Buffer;
    }
    if (read !== crc) throw damagedZip(path, `CRC-32 is ${read}, not ${crc}`);
  } catch (error) {
    throw error instanceof TandemError ? error : damagedZip(path, error);
  } finally {
    content.destroy();
    close();
  }
}

const isGzip = (head: Buffer): boolean => head.subarray(0, gzipMagic.length).equals(gzipMagic);

/** How the content of a file is packed, whatever its name says. */
export async function packingOf(path: string): Promise<'gzip' | 'zip' | undefined> {
  const head = await readMagic(path);
  return isGzip(head) ? 'gzip' : isZip(head) ? 'zip' : undefined;
}

/** The first four bytes of a file, or as many as it has. */
async function readMagic(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function decompress(file: Readable): Readable {
  const inflate = createGunzip();
  // pipe() hands on data but not failures
  file.on('error', error => inflate.destroy(error));
  return file.pipe(inflate);
}
