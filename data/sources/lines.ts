import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { TandemError } from '../../src/errors/tandem-error.js';

/** Longest line in bytes; more is a file without line breaks rather than a row. */
const longestLine = 64 * 1024 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface TextLine {
  /** counted from 1 */
  readonly line: number;
  readonly text: string;
}

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
 * Lines of a UTF-8 text file, one at a time; `.gz` is decompressed on the way.
 * A byte order mark at the start and the carriage return of CRLF are dropped; a last line needs no line break.
 * @throws TandemError 'data/not-found' | 'data/malformed-row' (invalid UTF-8, endless line) | 'files/damaged' (gzip)
 */
export async function* readLines(path: string): AsyncGenerator<TextLine, void, undefined> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const bytes = path.endsWith('.gz') ? decompress(file) : file;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 0;
  try {
    for await (const raw of splitLines(path, bytes)) {
      line++;
      yield { line, text: decodeLine(path, line, raw, decoder) };
    }
  } catch (error) {
    throw asReadError(path, error);
  } finally {
    bytes.destroy();
    file.destroy();
  }
}

function decompress(file: Readable): Readable {
  const gunzip = createGunzip();
  // pipe() hands on data but not failures
  file.on('error', error => gunzip.destroy(error));
  return file.pipe(gunzip);
}

async function* splitLines(path: string, bytes: Readable): AsyncGenerator<Buffer, void, undefined> {
  let parts: Buffer[] = [];
  let held = 0;
  let count = 1;
  for await (const piece of bytes) {
    const chunk: Buffer = piece;
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      const tail = chunk.subarray(from, at);
      yield parts.length === 0 ? tail : Buffer.concat([...parts, tail]);
      parts = [];
      held = 0;
      count++;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > longestLine) throw malformed(path, count, `longer than ${longestLine} bytes`);
  }
  if (held > 0) yield Buffer.concat(parts);
}

function decodeLine(path: string, line: number, raw: Buffer, decoder: TextDecoder): string {
  const end = raw.length > 0 && raw[raw.length - 1] === carriageReturn ? raw.length - 1 : raw.length;
  const marked = line === 1 && raw.length >= 3 && raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf;
  try {
    return decoder.decode(raw.subarray(marked ? 3 : 0, end));
  } catch {
    throw malformed(path, line, 'not valid UTF-8');
  }
}

const malformed = (path: string, line: number, reason: string): TandemError =>
  new TandemError('data/malformed-row', `${path} line ${line}: ${reason}`, { path, line });
