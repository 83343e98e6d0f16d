import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { keyBytes } from './key-table.js';

/**
 * A file of image vectors: a head, then records of one size each: key (SHA-256 of the picture), vector (float32, little-endian), CRC-32
 * of both. Records are only ever put behind the last one. A writer that dies leaves at most one half record, at the end.
 */
const magic = 'TANDEMIV';
const formatVersion = 1;
/** magic, version, width, id of the encoder, CRC-32 of all these */
const headBytes = 8 + 4 + 4 + 32 + 4;

const checksumBytes = 4;
/** Bytes read at a time, in whole records. */
const blockBytes = 2 ** 20;

export const recordBytes = (width: number): number => keyBytes + 4 * width + checksumBytes;

/** @param encoder  hexadecimal id */
function headOf(encoder: string, width: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write(magic, 0, 'latin1');
  head.writeUInt32LE(formatVersion, 8);
  head.writeUInt32LE(width, 12);
  head.write(encoder, 16, 'hex');
  head.writeUInt32LE(crc32(head.subarray(0, headBytes - checksumBytes)), headBytes - checksumBytes);
  return head;
}

/** One record. @param vector  float32 [width] */
export function encodeRecord(key: Uint8Array, vector: Float32Array): Buffer {
  const record = Buffer.alloc(recordBytes(vector.length));
  record.set(key, 0);
  record.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), keyBytes);
  const end = record.length - checksumBytes;
  record.writeUInt32LE(crc32(record.subarray(0, end)), end);
  return record;
}

const isWhole = (record: Buffer): boolean => {
  const end = record.length - checksumBytes;
  return crc32(record.subarray(0, end)) === record.readUInt32LE(end);
};

/** What a walk through a file has found. */
export interface VectorFileScan {
  /** short: nothing is written yet; other: damaged, or of no vectors of this encoder */
  readonly head: 'whole' | 'short' | 'other';
  /** records that are there in full */
  readonly records: number;
  /** of these, records whose checksum does not fit */
  readonly damaged: number;
}

/** An open file of vectors. */
export interface VectorFile {
  readonly width: number;
  /** Calls back for every sound record, in order. */
  scan(visit: (key: Buffer, record: number, content: Buffer) => void): VectorFileScan;
  /** The vector of a record; undefined where the record is damaged or is another key's. */
  read(record: number, key: Uint8Array): Float32Array | undefined;
  /** Puts records behind the last one. @returns number of the first of them */
  append(records: readonly Buffer[]): number;
  close(): void;
}

/** Reads until the buffer is full or the file ends. @returns bytes read */
function readFully(file: number, into: Buffer, position: number): number {
  let got = 0;
  while (got < into.length) {
    const read = readSync(file, into, got, into.length - got, position + got);
    if (read === 0) break;
    got += read;
  }
  return got;
}

function writeFully(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

/** Makes a file of vectors, which must not be there yet. @throws Error of the operating system */
export function createVectorFile(path: string, encoder: string, width: number): VectorFile {
  const file = openSync(path, 'wx+');
  writeFully(file, headOf(encoder, width), 0);
  return vectorFile(file, encoder, width);
}

/** Opens a file of vectors for reading. @throws Error of the operating system */
export const openVectorFile = (path: string, encoder: string, width: number): VectorFile =>
  vectorFile(openSync(path, 'r'), encoder, width);

function vectorFile(file: number, encoder: string, width: number): VectorFile {
  const size = recordBytes(width);
  let records = 0;
  return {
    width,
    scan(visit) {
      const found = Buffer.alloc(headBytes);
      if (readFully(file, found, 0) < headBytes) return { head: 'short', records: 0, damaged: 0 };
      if (!found.equals(headOf(encoder, width))) return { head: 'other', records: 0, damaged: 0 };
      const block = Buffer.alloc(Math.max(1, Math.floor(blockBytes / size)) * size);
      let damaged = 0;
      records = 0;
      for (;;) {
        const whole = Math.floor(readFully(file, block, headBytes + records * size) / size);
        for (let r = 0; r < whole; r++) {
          const content = block.subarray(r * size, (r + 1) * size);
          if (isWhole(content)) visit(content.subarray(0, keyBytes), records + r, content);
          else damaged++;
        }
        records += whole;
        if (whole * size < block.length) return { head: 'whole', records, damaged };
      }
    },
    read(record, key) {
      const content = Buffer.alloc(size);
      if (readFully(file, content, headBytes + record * size) < size) return undefined;
      if (!isWhole(content) || content.compare(key, 0, keyBytes, 0, keyBytes) !== 0) return undefined;
      const vector = new Float32Array(width);
      new Uint8Array(vector.buffer).set(content.subarray(keyBytes, size - checksumBytes));
      return vector;
    },
    append(contents) {
      const first = records;
      writeFully(file, Buffer.concat(contents), headBytes + records * size);
      records += contents.length;
      return first;
    },
    close: () => closeSync(file),
  };
}
