import { stat } from 'node:fs/promises';
import { TandemError } from '../errors/tandem-error.js';
import { checkMetaPages } from './check-pages.js';

/**
 * Looks at an LMDB data file before LMDB maps it: LMDB would end the process on one that is not its own.
 * @param required  whether the file must be there; an empty or absent one is otherwise made by LMDB
 * @returns whether it is there
 * @throws TandemError 'index/documents-damaged'
 */
export async function checkDataFile(path: string, required: boolean): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (found === undefined && required)
    throw new TandemError('index/documents-damaged', `${path}: missing`, { file: path });
  if (found === undefined || (found.size === 0 && !required)) return false;
  await checkMetaPages(path);
  return true;
}
