import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preparedFiles, readManifest } from '../../../data/manifest.js';
import { tandemVersion } from '../../config/version.js';
import { readDocumentRows } from '../project/read-rows.js';

/**
 * Names what towers learn from: the prepared queries and pairs, and of the documents all but numbers and truths in fields that the project nowhere names
 * among its towers. So a price or a stock may change and nothing is learnt anew.
 * @param project  its file
 * @param data     folder that was prepared
 */
export async function learntFrom(project: string, data: string): Promise<string> {
  const text = await readFile(project, 'utf8');
  const { files } = await readManifest(data);
  const { [preparedFiles.documents]: _documents, ...others } = files;
  const hash = createHash('sha256').update(JSON.stringify([tandemVersion(), text, others]));
  const towers = JSON.stringify(configOf(text));
  const isLeftOut = (name: string, value: unknown): boolean =>
    (typeof value === 'number' || typeof value === 'boolean') && !towers.includes(name);
  for await (const row of readDocumentRows(join(data, preparedFiles.documents)))
    hash.update(JSON.stringify(Object.entries(row).filter(([name, value]) => !isLeftOut(name, value))));
  return hash.digest('hex');
}

/** What a project says of its towers; all that it says where that cannot be told. */
function configOf(text: string): unknown {
  try {
    const { config } = Object(JSON.parse(text)) as { readonly config?: unknown };
    return config ?? {};
  } catch {
    return text;
  }
}
