import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asFileError, writeWhole } from '../../../src/files/atomic.js';
import { isThere } from '../../../src/files/is-there.js';
import type { JobStorage } from './job-storage.js';

/** A folder, which several machines may share; a name comes to stand by a rename. */
export function folderStorage(folder: string): JobStorage {
  const at = (name: string): string => join(folder, name);
  return {
    address: folder,
    begin: async () => {
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw asFileError(folder, error);
      });
    },
    names: () =>
      readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
        throw asFileError(folder, error);
      }),
    has: name => isThere(at(name)),
    read: name =>
      readFile(at(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw asFileError(at(name), error);
      }),
    write: (name, text) => writeWhole(at(name), text),
    keep: async (name, make) => void (await make(at(name))),
    lend: (names, _folder, use) => use(names.map(at)),
    remove: async names => {
      // somebody who comes too late may just be writing there
      const options = { recursive: true, force: true, maxRetries: 5 };
      await Promise.all((names?.map(at) ?? [folder]).map(path => rm(path, options)));
    },
    inside: name => folderStorage(at(name)),
    isLitter: name => /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name),
  };
}
