import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { TandemError } from '../errors/tandem-error.js';

/** Bytes under names, in order. */
export type Sections = ReadonlyMap<string, Uint8Array>;

/** A file of sections, read whole. */
export interface SectionFile {
  /** as it was given to `layOutSections` */
  readonly header: unknown;
  readonly sections: Sections;
}

/** Version of the token index on disk. */
export const tokenFormat = 4;
/** The oldest version that is read: its segments keep ids and positions as they are written. Version 2 had no columns. */
const oldestFormat = 3;
/** The first version: one file of plain arrays without positions, whose digest stands elsewhere. */
const plainFormat = 1;

const magic = 'TandemTk';
const prefixBytes = 16; // magic, version, bytes of the head
const digestBytes = 32;

interface Head {
  readonly header: unknown;
  readonly sections: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

const padded = (bytes: number): number => (bytes + 7) & ~7;
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/**
 * Layout (little-endian): magic, uint32 version, uint32 bytes of the head, head (JSON, padded with spaces to a multiple of 8), SHA-256 of all
 * before, then the sections, each padded with zeros to a multiple of 8 and with its own SHA-256 in the head.
 * @returns bytes in shared memory, so that a worker thread can read them without a copy
 */
export function layOutSections(header: unknown, sections: Sections): Uint8Array {
  const shapes = [...sections].map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: sha256(bytes).toString('hex'),
  }));
  const json = Buffer.from(JSON.stringify({ header, sections: shapes } satisfies Head), 'utf8');
  const headBytes = padded(json.length);
  const start = prefixBytes + headBytes + digestBytes;
  const total = shapes.reduce((sum, { bytes }) => sum + padded(bytes), start);
  const file = Buffer.from(new SharedArrayBuffer(total));
  file.write(magic, 'latin1');
  file.writeUInt32LE(tokenFormat, magic.length);
  file.writeUInt32LE(headBytes, magic.length + 4);
  file.fill(' ', prefixBytes, prefixBytes + headBytes);
  file.set(json, prefixBytes);
  file.set(sha256(file.subarray(0, start - digestBytes)), start - digestBytes);
  let at = start;
  for (const bytes of sections.values()) {
    file.set(bytes, at);
    at += padded(bytes.length);
  }
  return new Uint8Array(file.buffer);
}

/** The sections of a file that is known to be whole: nothing is copied. */
export function sectionsOf(file: Uint8Array): SectionFile {
  const start = headEnd(file);
  const head: Head = JSON.parse(
    Buffer.from(file.buffer, prefixBytes, start - digestBytes - prefixBytes).toString('utf8'),
  );
  const sections = new Map<string, Uint8Array>();
  let at = start;
  for (const { name, bytes } of head.sections) {
    sections.set(name, new Uint8Array(file.buffer, at, bytes));
    at += padded(bytes);
  }
  return { header: head.header, sections };
}

/** Tells a file from every other one: the digest of its head, which holds those of its sections. In hexadecimal. */
export const fileIdentity = (file: Uint8Array): string =>
  Buffer.from(file.subarray(headEnd(file) - digestBytes, headEnd(file))).toString('hex');

const headEnd = (file: Uint8Array): number =>
  prefixBytes + new DataView(file.buffer).getUint32(magic.length + 4, true) + digestBytes;

/**
 * Reads a file and checks every byte of it.
 * @throws TandemError 'index/not-found' | 'index/damaged' naming the file and the section | 'index/unsupported-version'
 */
export async function readSections(path: string): Promise<Uint8Array> {
  const file = await readShared(path);
  const damaged = (reason: string): TandemError =>
    new TandemError('index/damaged', `${path}: ${reason}`, { file: path });
  if (
    file.length < prefixBytes + digestBytes ||
    Buffer.from(file.buffer, 0, magic.length).toString('latin1') !== magic
  ) {
    throw damaged('not a file of a token index');
  }
  const version = new DataView(file.buffer).getUint32(magic.length, true);
  const unsupported = (): TandemError =>
    new TandemError(
      'index/unsupported-version',
      `${path}: version ${version}, want ${tokenFormat}; \`tandem check --repair\` makes it anew from the documents`,
      { file: path },
    );
  if (version === plainFormat) throw unsupported();
  if (headEnd(file) > file.length) throw damaged('cut short or altered');
  const start = headEnd(file);
  if (!sha256(file.subarray(0, start - digestBytes)).equals(file.subarray(start - digestBytes, start))) {
    throw damaged('its head is altered');
  }
  if (version < oldestFormat || version > tokenFormat) throw unsupported();
  checkSections(file, start, damaged);
  return file;
}

function checkSections(file: Uint8Array, start: number, damaged: (reason: string) => TandemError): void {
  const head: Head = JSON.parse(
    Buffer.from(file.buffer, prefixBytes, start - digestBytes - prefixBytes).toString('utf8'),
  );
  let at = start;
  for (const { name, bytes, sha256: expected } of head.sections) {
    const end = at + padded(bytes);
    if (end > file.length) throw damaged(`section ${name} is cut short`);
    const whole = sha256(file.subarray(at, at + bytes)).toString('hex') === expected;
    if (!whole || file.subarray(at + bytes, end).some(byte => byte !== 0)) throw damaged(`section ${name} is altered`);
    at = end;
  }
  if (at !== file.length) throw damaged('there is something behind its last section');
}

async function readShared(path: string): Promise<Uint8Array> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const file = new Uint8Array(new SharedArrayBuffer(size));
      for (let at = 0; at < size; ) {
        const { bytesRead } = await handle.read(file, at, size - at, at);
        if (bytesRead === 0) break; // shorter than it said: the checks will tell
        at += bytesRead;
      }
      return file;
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new TandemError(
      missing ? 'index/not-found' : 'index/damaged',
      `${path}: ${message}`,
      { file: path },
      { cause: error },
    );
  }
}
