import { join } from 'node:path';
import { preparedFiles } from '../../../data/manifest.js';
import { isThere } from '../../files/is-there.js';
import { filesOf } from './files-of.js';
import type { OpenProject } from './project.js';

/** The judged queries that `tandem prepare` held out in a project, as flags; nothing where there are none. */
export async function heldOut(
  { data }: OpenProject,
  split: 'validation' | 'test',
): Promise<{ queries?: string; qrels?: string }> {
  const [queries, qrels] = [join(data, preparedFiles.queries[split]), join(data, preparedFiles.qrels[split])];
  return (await isThere(queries)) && (await isThere(qrels)) ? { queries, qrels } : {};
}

/**
 * The documents that `tandem prepare` wrote in a project; nothing before it ran.
 * @param warn  told where the files that they were made of have changed since
 */
export async function preparedDocuments(
  { data, project }: OpenProject,
  warn: (message: string) => void,
): Promise<string | undefined> {
  const documents = join(data, preparedFiles.documents);
  const prepared = await changed(documents);
  if (prepared === undefined) return undefined;
  for (const file of project.documents.files) {
    const then = await changed(file);
    if (then !== undefined && then > prepared) {
      warn(
        `${file} was changed after ${data} was prepared, and ${documents} is read: run \`tandem prepare\` again, or name a file with --documents`,
      );
    }
  }
  return documents;
}

/** When a file, or one of a folder, was last changed, milliseconds since 1970; nothing where there is none. */
async function changed(path: string): Promise<number | undefined> {
  const found = await filesOf(path).catch(() => []);
  return found.length === 0 ? undefined : Math.max(...found.map(({ modified }) => modified));
}

/** The model that `tandem train` wrote in a project; nothing before it ran. */
export const trainedModel = async ({ model }: OpenProject): Promise<string | undefined> =>
  (await isThere(model)) ? model : undefined;
