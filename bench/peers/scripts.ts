import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder: the nearest one upwards that holds package.json (the compiled bench lies deeper than its source). */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Path of a peer's own program under bench/peers. */
export const peerScript = (name: string): string => join(repositoryRoot(), 'bench/peers', name);
