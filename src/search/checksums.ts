import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TandemError } from '../errors/tandem-error.js';

/** What a file held when it was written. */
export interface FileChecksum {
  readonly bytes: number;
  readonly sha256: string;
}

/** sha256 of a file, in hexadecimal; read as a stream, whatever its size. */
async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/** Checksums of all files in the named folders under `root`; keys are paths from there, with `/`, sorted. */
export async function checksumFolders(root: string, folders: readonly string[]): Promise<Record<string, FileChecksum>> {
  const checksums: Record<string, FileChecksum> = {};
  for (const folder of folders) {
    const names = (await readdir(join(root, folder), { recursive: true })).sort();
    for (const name of names) {
      const path = join(root, folder, name);
      const found = await stat(path);
      if (found.isFile())
        checksums[`${folder}/${name.replaceAll(sep, '/')}`] = { bytes: found.size, sha256: await sha256(path) };
    }
  }
  return checksums;
}

/** Checksums of every file under `root`; keys as in checksumFolders. */
export async function checksumFiles(root: string): Promise<Record<string, FileChecksum>> {
  const found = await checksumFolders(dirname(root), [basename(root)]);
  const entries = Object.entries(found).map(([name, checksum]) => [name.slice(basename(root).length + 1), checksum]);
  return Object.fromEntries(entries);
}

/** @throws TandemError 'index/damaged' naming the first file that is missing, cut short or altered */
export async function verifyChecksums(root: string, checksums: Readonly<Record<string, FileChecksum>>): Promise<void> {
  for (const [name, expected] of Object.entries(checksums)) {
    const path = join(root, name);
    const fail = (reason: string): never => {
      throw new TandemError('index/damaged', `${path}: ${reason}`, { file: path });
    };
    const found = await stat(path).catch(() => fail('missing'));
    if (found.size !== expected.bytes) fail(`${found.size} bytes where ${expected.bytes} belong`);
    const digest = await sha256(path).catch((error: NodeJS.ErrnoException) => fail(`cannot be read (${error.code})`));
    if (digest !== expected.sha256) fail('altered since it was written');
  }
}
