import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { TandemError } from '../../src/errors/tandem-error.js';

/** Local header of APPNOTE.TXT of PKWARE, 6.3.10, which an archive begins with. */
const localHeader = 0x04034b50;

/** The only file of an archive, as it was before it was packed. */
export interface ZippedFile {
  readonly content: Readable;
  /** CRC-32 that the archive says the content has; nobody has looked yet */
  readonly crc: number;
  close(): void;
}

/** Whether the content of a file begins as an archive does. */
export const isZip = (head: Buffer): boolean => head.length >= 4 && head.readUInt32LE(0) === localHeader;

/**
 * Opens the only file of a zip archive; folders, and what macOS writes beside files, are none.
 * @throws TandemError 'data/unknown-format' for an archive of several files, a spreadsheet, or an encrypted one | 'files/damaged'
 */
export async function openZippedFile(path: string): Promise<ZippedFile> {
  const archive = await openPromise(path, { autoClose: false }).catch(error => {
    throw damagedZip(path, error);
  });
  try {
    const entry = onlyFile(path, await entriesOf(path, archive));
    const content = await archive.openReadStreamPromise(entry).catch(error => {
      throw damagedZip(path, error);
    });
    return { content, crc: entry.crc32, close: () => archive.close() };
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function entriesOf(path: string, archive: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of archive.eachEntry()) entries.push(entry);
  } catch (error) {
    throw damagedZip(path, error);
  }
  return entries;
}

function onlyFile(path: string, entries: readonly Entry[]): Entry {
  const files = entries.filter(({ fileName }) => !fileName.endsWith('/') && !fileName.startsWith('__MACOSX/'));
  const [entry] = files;
  if (files.some(({ fileName }) => fileName === '[Content_Types].xml')) {
    throw unreadable(path, 'is a spreadsheet or document of Microsoft Office: save the sheet as CSV');
  }
  if (files.length !== 1) {
    throw unreadable(path, `is a zip archive of ${files.length} files: unpack it and name the folder`);
  }
  if (!entry.canDecodeFileData()) throw unreadable(path, 'is a zip archive that cannot be read in place: unpack it');
  return entry;
}

const unreadable = (path: string, what: string): TandemError =>
  new TandemError('data/unknown-format', `${path}: ${what}`, { path });

export const damagedZip = (path: string, cause: unknown): TandemError =>
  new TandemError('files/damaged', `${path}: is a zip archive that is cut short or altered`, { path }, { cause });
