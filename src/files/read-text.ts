import { readFile } from 'node:fs/promises';
import { TandemError } from '../errors/tandem-error.js';

/** The text of a file that somebody names, without a byte order mark. @throws TandemError 'data/not-found' */
export async function readText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  return text.replace(/^\ufeff/, '');
}
