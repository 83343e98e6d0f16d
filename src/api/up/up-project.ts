import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { projectFileName } from '../../config/project.js';
import { TandemError } from '../../errors/tandem-error.js';
import { isThere } from '../../files/is-there.js';
import { type WrittenProject, writeProject } from '../project/init-project.js';
import { type OpenProject, readProject, samePath } from '../project/project.js';
import type { Watch } from '../watch.js';

export interface UpProjectOptions {
  /** documents, a folder of them, or a tandem.json */
  readonly path: string;
  /** tandem.json that is written where there is none */
  readonly project?: string;
  /** told of a project that was proposed and written */
  readonly onProposed: (written: WrittenProject, file: string) => void;
}

/**
 * The project of what a person names: a tandem.json as it is; for documents the tandem.json of the current folder where it is about these,
 * else one that is proposed and written.
 * @throws TandemError 'data/*' | 'project/invalid' | 'files/exists' where the tandem.json that is there is about something else
 */
export async function upProject(
  { path, project: out, onProposed }: UpProjectOptions,
  watch: Watch,
): Promise<OpenProject> {
  if (await holdsProject(path)) return readProject(path);
  const file = out ?? projectFileName;
  if (await isThere(file)) {
    const there = await readProject(file);
    if (there.project.documents.files.some(document => samePath(document, path) || isBelow(document, path))) {
      watch.tell(`project: ${file}, which is there already`);
      return there;
    }
    if (!(await isThere(path))) throw new TandemError('data/not-found', `${path}: there is no such file`, { path });
    const message = `${file}: is about other files than ${path}; --project FILE writes another beside it`;
    throw new TandemError('files/exists', message, { path: file });
  }
  onProposed(await writeProject({ path, out: file }, watch), file);
  return readProject(file);
}

/** A JSON object with documents that are files: a project, and no array of documents. */
async function holdsProject(path: string): Promise<boolean> {
  if (!path.endsWith('.json')) return false;
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.trimStart().startsWith('{') || text.length > longestProject) return false;
  try {
    const value: unknown = JSON.parse(text);
    const { documents } = Object(value) as { readonly documents?: unknown };
    return typeof documents === 'object' && documents !== null && !Array.isArray(documents);
  } catch {
    return basename(path) === projectFileName; // readProject says what is wrong with it
  }
}

const longestProject = 2 ** 20;

function isBelow(file: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(file));
  return !way.startsWith('..') && !isAbsolute(way);
}
