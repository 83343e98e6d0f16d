import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** sha256 of every file of a model artefact, by name; of model.json, everything but the time of making. */
export async function artefactBytes(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    const bytes = await readFile(join(folder, name));
    const content = name === 'model.json' ? JSON.stringify({ ...JSON.parse(bytes.toString()), created: '' }) : bytes;
    hashes[name] = createHash('sha256').update(content).digest('hex');
  }
  return hashes;
}
