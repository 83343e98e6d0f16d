import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { TandemError } from '../errors/tandem-error.js';

/** A gzip member begins with these two bytes (RFC 1952, 2.3.1); the content decides, not the name. */
const gzipMagic = [0x1f, 0x8b];

/**
 * Lines of a UTF-8 text file, plain or gzip, without their line ends (LF or CRLF) and without a byte order mark.
 * @throws TandemError 'data/not-found', 'data/malformed-row' (bytes that are not UTF-8), 'files/damaged' (gzip cut short or altered)
 */
export async function* textLines(path: string): AsyncGenerator<{ line: number; text: string }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  let rest = '';
  try {
    for await (const chunk of await bytesOf(path)) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop()!;
      for (const part of parts) yield { line: ++line, text: part.endsWith('\r') ? part.slice(0, -1) : part };
    }
    rest += decoder.decode();
    if (rest !== '') yield { line: ++line, text: rest };
  } catch (error) {
    throw asReadError(path, line + 1, error);
  }
}

async function bytesOf(path: string): Promise<AsyncIterable<Uint8Array>> {
  const handle = await open(path, 'r');
  const head = new Uint8Array(2);
  try {
    await handle.read(head, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const file = createReadStream(path);
  if (head[0] !== gzipMagic[0] || head[1] !== gzipMagic[1]) return file;
  const gunzip = createGunzip();
  file.on('error', error => gunzip.destroy(error));
  return file.pipe(gunzip);
}

function asReadError(path: string, line: number, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const details = { path, line };
  if (['ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES'].includes(code)) {
    return new TandemError('data/not-found', `${path}: cannot be read (${code})`, { path }, { cause: error });
  }
  if (code.startsWith('Z_'))
    return new TandemError('files/damaged', `${path}: damaged gzip (${code})`, { path }, { cause: error });
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new TandemError('data/malformed-row', `${path} line ${line} or after: not UTF-8`, details, { cause: error });
  }
  return error;
}
