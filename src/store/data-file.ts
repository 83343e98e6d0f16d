import { type FileHandle, open } from 'node:fs/promises';
import { TandemError } from '../errors/tandem-error.js';

/** Where LMDB writes its mark and the page size in a meta page (mdb.c: MDB_meta behind a 24-byte page header). */
const markOffset = 24;
const pageSizeOffset = 48;
const mark = 0xbeefc0de;

const damaged = (path: string, reason: string): TandemError =>
  new TandemError('index/damaged', `${path}: ${reason}`, { file: path });

async function checkMetaPages(path: string, file: FileHandle): Promise<void> {
  const read = async (position: number): Promise<number> => {
    const word = Buffer.alloc(4);
    const { bytesRead } = await file.read(word, 0, 4, position);
    if (bytesRead < 4) throw damaged(path, 'cut short');
    return word.readUInt32LE(0);
  };
  if ((await read(markOffset)) !== mark) throw damaged(path, 'not an LMDB file');
  const pageSize = await read(pageSizeOffset);
  if ((await read(pageSize + markOffset)) !== mark) throw damaged(path, 'its second meta page is altered');
  if ((await file.stat()).size < 2 * pageSize) throw damaged(path, 'cut short');
}

/**
 * Looks at an LMDB data file before LMDB maps it: LMDB would end the process on one that is not its own.
 * @param required  whether the file must be there; an empty or absent one is otherwise made by LMDB
 * @throws TandemError 'index/damaged'
 */
export async function checkDataFile(path: string, required: boolean): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (required) throw damaged(path, 'missing');
    return;
  }
  try {
    await checkMetaPages(path, file);
  } finally {
    await file.close();
  }
}
