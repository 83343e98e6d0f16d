import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file as it lies there now. */
export interface FileThere {
  readonly path: string;
  readonly bytes: number;
  /** milliseconds since 1970 */
  readonly modified: number;
}

/**
 * The file of a path; of a folder, such as one of BEIR or of the days of a log, all files below it in the order of their names: what it says of itself tells
 * nothing of them.
 * @throws an error of the operating system where nothing is there
 */
export async function filesOf(path: string): Promise<FileThere[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [{ path, bytes: found.size, modified: found.mtimeMs }];
  const names = (await readdir(path)).sort();
  return (await Promise.all(names.map(name => filesOf(join(path, name))))).flat();
}
