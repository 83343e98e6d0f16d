import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** sha256 of every file of an encoder folder, by name; of encoder.json, everything but the time of making. */
export async function encoderBytes(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    const bytes = await readFile(join(folder, name));
    const content = name === 'encoder.json' ? JSON.stringify({ ...JSON.parse(bytes.toString()), created: '' }) : bytes;
    hashes[name] = createHash('sha256').update(content).digest('hex');
  }
  return hashes;
}
