import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TandemError } from '../errors/tandem-error.js';

/** The version in package.json, found upwards from here: two levels from the source, three from the built file. */
export function tandemVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
    folder = dirname(folder);
  }
  throw new TandemError('internal', 'package.json is missing from the installation');
}
