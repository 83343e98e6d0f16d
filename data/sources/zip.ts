import { open } from 'node:fs/promises';
import { TandemError } from '../../src/errors/tandem-error.js';

/** Signatures of APPNOTE.TXT of PKWARE, 6.3.10: local header, central header, end of the central directory. */
const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endOfDirectory = 0x06054b50;
/** Bytes of the end record without its comment, which is at most 65,535 bytes long. */
const endLength = 22;
const longestComment = 65_535;
/** Sizes that stand elsewhere (zip64). */
const elsewhere = 0xffffffff;

/** Where the bytes of the only file of an archive stand. */
export interface ZipEntry {
  readonly name: string;
  readonly start: number;
  /** bytes as they stand there */
  readonly length: number;
  readonly deflated: boolean;
  /** CRC-32 of the bytes as they were before */
  readonly crc: number;
}

/** Whether the content of a file begins as an archive does. */
export const isZip = (head: Buffer): boolean => head.length >= 4 && head.readUInt32LE(0) === localHeader;

/**
 * The only file of a zip archive; folders, and what macOS writes beside files, are none.
 * @throws TandemError 'data/unknown-format' for an archive of several files, a spreadsheet, or an encrypted one | 'files/damaged'
 */
export async function findZipEntry(path: string): Promise<ZipEntry> {
  const handle = await open(path, 'r');
  const read = async (start: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const { size } = await handle.stat();
    const tail = await read(Math.max(0, size - endLength - longestComment), endLength + longestComment);
    const end = lastEnd(tail);
    if (end === undefined) throw damagedZip(path);
    const [directoryAt, directoryLength] = [end.readUInt32LE(16), end.readUInt32LE(12)];
    if (directoryAt + directoryLength > size) throw damagedZip(path);
    const directory = await read(directoryAt, directoryLength);
    const entries = entriesOf(path, directory);
    const [entry] = entries;
    if (entries.some(({ name }) => name === '[Content_Types].xml')) {
      throw unreadable(path, 'is a spreadsheet or document of Microsoft Office: save the sheet as CSV');
    }
    if (entries.length !== 1) {
      throw unreadable(path, `is a zip archive of ${entries.length} files: unpack it and name the folder`);
    }
    if (entry.encrypted || ![0, 8].includes(entry.method) || entry.length === elsewhere || entry.offset === elsewhere) {
      throw unreadable(path, 'is a zip archive that cannot be read in place: unpack it');
    }
    const local = await read(entry.offset, 30);
    if (local.length < 30 || local.readUInt32LE(0) !== localHeader) throw damagedZip(path);
    const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (start + entry.length > size) throw damagedZip(path);
    return { name: entry.name, start, length: entry.length, deflated: entry.method === 8, crc: entry.crc };
  } finally {
    await handle.close();
  }
}

function lastEnd(tail: Buffer): Buffer | undefined {
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail.readUInt32LE(at) === endOfDirectory) return tail.subarray(at);
  }
  return undefined;
}

interface CentralEntry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly length: number;
  readonly offset: number;
}

function entriesOf(path: string, directory: Buffer): CentralEntry[] {
  const entries: CentralEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== centralHeader) throw damagedZip(path);
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    entries.push({
      name,
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      length: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries.filter(({ name }) => !name.endsWith('/') && !name.startsWith('__MACOSX/'));
}

const unreadable = (path: string, what: string): TandemError =>
  new TandemError('data/unknown-format', `${path}: ${what}`, { path });

export const damagedZip = (path: string): TandemError =>
  new TandemError('files/damaged', `${path}: is a zip archive that is cut short or altered`, { path });
