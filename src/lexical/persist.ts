import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically, writeWhole } from '../files/atomic.js';
import { InvertedIndex } from './inverted-index.js';
import type { TokenIndexOptions } from './token-index.js';

/** The one file of a saved token index. */
export const indexFileName = 'tokens.bin';

const magic = 'TandemTk';
const version = 1;
const prefixBytes = 16; // magic, version, length of the header
const digestBytes = 32;

/** What stands before the arrays: JSON, padded with spaces to whole uint32s. */
interface Header {
  readonly options: TokenIndexOptions;
  /** numbers of uint32s in the arrays that follow, in this order */
  readonly arrays: readonly number[];
}

/**
 * Layout (little-endian): magic, uint32 version, uint32 header bytes, header, arrays of uint32, SHA-256 of all before.
 * Arrays: UTF-16 units of all ids and their ends, of all terms and their ends, ends of the postings, postings, lengths of each field.
 * Strings are kept as UTF-16 because an id may hold a lone surrogate, which UTF-8 would lose.
 */
export async function writeIndexFile(folder: string, index: InvertedIndex, options: TokenIndexOptions): Promise<void> {
  index.compact();
  // Serialised before the first await: what is written is the index as it was at the call.
  const content = serialise(index, options);
  await writeFolderAtomically(folder, temporary => writeWhole(join(temporary, indexFileName), content));
}

/** @throws TandemError 'index/not-found' | 'index/damaged' | 'index/unsupported-version' */
export async function readIndexFile(folder: string): Promise<{ index: InvertedIndex; options: TokenIndexOptions }> {
  const path = join(folder, indexFileName);
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const code = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'index/not-found' : 'index/damaged';
    throw new TandemError(code, `${path}: ${error.message}`, { path }, { cause: error });
  });
  if (!isWhole(content)) throw new TandemError('index/damaged', `${path}: cut short or altered`, { path });
  const found = content.readUInt32LE(magic.length);
  if (found !== version)
    throw new TandemError('index/unsupported-version', `${path}: version ${found}, want ${version}`, { path });
  return deserialise(content);
}

function serialise(index: InvertedIndex, options: TokenIndexOptions): Buffer {
  const terms = [...index.terms];
  const postings = new Uint32Array(terms.reduce((sum, [, list]) => sum + list.length, 0));
  const postingEnds = new Uint32Array(terms.length);
  let end = 0;
  terms.forEach(([, list], i) => {
    postings.set(list.data.subarray(0, list.length), end);
    end += list.length;
    postingEnds[i] = end;
  });
  const lengths = index.lengths.map(values => values.data.subarray(0, values.length));
  const ids = index.ids as string[]; // compacted: none is dead
  const arrays = [...packStrings(ids), ...packStrings(terms.map(([term]) => term)), postingEnds, postings, ...lengths];
  const header = headerBytes({ options, arrays: arrays.map(array => array.length) });
  const prefix = Buffer.alloc(prefixBytes);
  prefix.write(magic, 'latin1');
  prefix.writeUInt32LE(version, magic.length);
  prefix.writeUInt32LE(header.length, magic.length + 4);
  const bytes = arrays.map(array => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  const body = Buffer.concat([prefix, header, ...bytes]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

function deserialise(content: Buffer): { index: InvertedIndex; options: TokenIndexOptions } {
  const headerLength = content.readUInt32LE(magic.length + 4);
  const header: Header = JSON.parse(content.toString('utf8', prefixBytes, prefixBytes + headerLength));
  // A copy of its own: aligned, and writable without touching what others read.
  const words = new Uint32Array(
    content.buffer.slice(
      content.byteOffset + prefixBytes + headerLength,
      content.byteOffset + content.length - digestBytes,
    ),
  );
  let at = 0;
  const arrays = header.arrays.map(length => {
    at += length;
    return words.subarray(at - length, at);
  });
  const [idUnits, idEnds, termUnits, termEnds, postingEnds, postings, ...lengths] = arrays;
  const terms = unpackStrings(termUnits, termEnds).map((term, i): [string, Uint32Array] => [
    term,
    postings.subarray(i === 0 ? 0 : postingEnds[i - 1], postingEnds[i]),
  ]);
  return { index: InvertedIndex.restore(unpackStrings(idUnits, idEnds), lengths, terms), options: header.options };
}

function isWhole(content: Buffer): boolean {
  if (content.length < prefixBytes + digestBytes || content.toString('latin1', 0, magic.length) !== magic) return false;
  const body = content.subarray(0, content.length - digestBytes);
  return createHash('sha256').update(body).digest().equals(content.subarray(body.length));
}

function headerBytes(header: Header): Buffer {
  const bytes = Buffer.from(JSON.stringify(header), 'utf8');
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, ' ')]);
}

/** Two UTF-16 units to a uint32, and the end of each string in units. */
function packStrings(strings: readonly string[]): [Uint32Array, Uint32Array] {
  const ends = new Uint32Array(strings.length);
  let total = 0;
  strings.forEach((value, i) => {
    total += value.length;
    ends[i] = total;
  });
  const units = new Uint32Array(Math.ceil(total / 2));
  Buffer.from(units.buffer).write(strings.join(''), 'utf16le');
  return [units, ends];
}

function unpackStrings(units: Uint32Array, ends: Uint32Array): string[] {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  let start = 0;
  return Array.from(ends, end => {
    const value = bytes.toString('utf16le', 2 * start, 2 * end);
    start = end;
    return value;
  });
}
