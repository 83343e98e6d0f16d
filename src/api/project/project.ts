import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { type Project, projectFileName, projectSchema } from '../../config/project.js';
import { didYouMean } from '../../errors/nearest.js';
import { TandemError } from '../../errors/tandem-error.js';
import { isThere } from '../../files/is-there.js';
import type { Watch } from '../watch.js';

/** A project whose paths can be opened from the current folder, and where its commands write. */
export interface OpenProject {
  readonly file: string;
  readonly project: Project;
  /** below the folder `out` of the project */
  readonly data: string;
  readonly model: string;
  readonly index: string;
  readonly report: string;
}

/**
 * The project of a command: the one that was named; else tandem.json of the current folder where the command line lacks something,
 * which is told.
 * @param lacking  whether a flag is missing that a project could stand in for
 * @throws TandemError 'data/not-found' | 'project/invalid'
 */
export async function openProject(
  given: string | undefined,
  lacking: boolean,
  { tell }: Pick<Watch, 'tell'>,
): Promise<OpenProject | undefined> {
  if (given !== undefined) return readProject(given);
  if (!lacking || !(await isThere(projectFileName))) return undefined;
  tell(`project: ${projectFileName} of this folder`);
  return readProject(projectFileName);
}

/** @throws TandemError 'data/not-found' | 'project/invalid', naming the key */
export async function readProject(file: string): Promise<OpenProject> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'ENOENT' ? 'no such file; `tandem init` writes one' : `cannot be read (${error.code})`;
    throw new TandemError('data/not-found', `${file}: ${reason}`, { path: file }, { cause: error });
  });
  const project = placed(parseProject(file, text), dirname(file));
  const below = (name: string): string => join(project.out, name);
  return {
    file,
    project,
    data: below('data'),
    model: below('model'),
    index: below('index'),
    report: below('report.html'),
  };
}

function parseProject(file: string, text: string): Project {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TandemError('project/invalid', `${file}: not JSON (${(error as Error).message})`, { path: file });
  }
  const parsed = projectSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const name = where.length === 0 ? '' : `${where.join('.')}: `;
    throw new TandemError('project/invalid', `${file}: ${name}${issue.message}`, { path: file, key: where.join('.') });
  }
  const [key] = issue.keys;
  const name = [...where, key].join('.');
  const message = `${file}: unknown key "${name}"${didYouMean(key, knownKeys(where))}`;
  throw new TandemError('project/invalid', message, { path: file, key: name });
}

/** The keys that the schema knows at a path, read from its JSON Schema. */
function knownKeys(keys: readonly string[]): string[] {
  type Node = { properties?: Record<string, Node> };
  let node: Node | undefined = z.toJSONSchema(projectSchema, { io: 'input' }) as Node;
  for (const key of keys) node = node?.properties?.[key];
  return Object.keys(node?.properties ?? {});
}

/** Paths that are relative to the folder of the project become paths that can be opened from here. */
function placed(project: Project, folder: string): Project {
  const place = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const from = <T extends { files: string[] }>(part: T): T => ({ ...part, files: part.files.map(place) });
  const { documents, pairs, events, queries, qrels, out } = project;
  return {
    ...project,
    documents: from(documents),
    ...(pairs && { pairs: from(pairs) }),
    ...(events && { events: from(events) }),
    ...(queries && { queries: from(queries) }),
    ...(qrels !== undefined && { qrels: place(qrels) }),
    out: place(out),
  };
}

/** Whether two paths are the same file or folder, as far as their names say. */
export const samePath = (a: string, b: string): boolean => relative(resolve(a), resolve(b)) === '';
