import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';

/** Another path to a file or folder; it stands until it is released. */
export interface PlainPath {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * A folder for a database of DuckDB: the given one, or one for temporary files where a path has a `?`, which DuckDB would write its log behind
 * (it follows links before).
 * @param folder  is there
 */
export async function openDatabaseFolder(folder: string): Promise<PlainPath> {
  const target = resolve(folder);
  if (!target.includes('?')) return { path: target, release: async () => {} };
  const path = await mkdtemp(join(tmpdir(), 'tandem-'));
  return { path, release: () => rm(path, { recursive: true, force: true }) };
}

/** Letters, digits and what means nothing to anybody. */
const plain = /^[\w./ -]*$/;

/**
 * A path that means itself to programs that read more into one: DuckDB takes `*`, `?` and `[` for patterns, what stands behind `?` for
 * options, `~` for the home folder and `name=value/` for a column. A path with such characters is reached through a link in the folder for
 * temporary files; what is written there is written to its own place.
 * @param path  of something that is there
 */
export async function openPlainPath(path: string): Promise<PlainPath> {
  const target = resolve(path);
  if (plain.test(target)) return { path: target, release: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'tandem-'));
  const extension = extname(basename(target));
  const link = join(folder, `link${plain.test(extension) ? extension : ''}`);
  await symlink(target, link);
  return { path: link, release: () => rm(folder, { recursive: true, force: true }) };
}
