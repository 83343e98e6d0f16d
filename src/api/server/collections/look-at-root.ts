import { readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isCollectionName } from '../../../../serving/keys/collection-name.js';
import { asTandemError, TandemError } from '../../../errors/tandem-error.js';
import { readManifest } from '../../../search/manifest.js';

/** What lies in the folder of a service of several indexes. */
export interface Root {
  /** of folders that hold an index: name -> why it is none that can be read, where it is not */
  readonly indexes: ReadonlyMap<string, TandemError | undefined>;
  /** links that lead to another of its folders, or led there */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * Folders and links whose names are those of collections; what holds no index is passed over.
 * @param known  indexes that were looked at before
 * @throws TandemError 'data/not-found' where there is no folder
 */
export async function lookAtRoot(root: string, known: ReadonlySet<string>): Promise<Root> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: Error) => {
    throw new TandemError('data/not-found', `${root}: ${error.message}`, { path: root }, { cause: error });
  });
  const own = await realpath(root);
  const indexes = new Map<string, TandemError | undefined>();
  const aliases = new Map<string, string>();
  for (const entry of entries) {
    const { name } = entry;
    if (!isCollectionName(name)) continue;
    const path = join(own, name);
    // a folder that is being swapped for another is gone for a moment, and what leads to it stays
    const target = entry.isSymbolicLink() ? await realpath(path).catch(() => ledTo(path)) : path;
    if (entry.isSymbolicLink() && dirname(target) === own) aliases.set(name, basename(target));
    else if (known.has(name)) indexes.set(name, undefined);
    else {
      const fault = await faultOf(path);
      if (fault?.code !== 'index/not-found') indexes.set(name, fault);
    }
  }
  return { indexes, aliases };
}

/** Links that are followed behind one that leads to nothing. */
const mostLinks = 8;

/** Where a link would lead if it were there. */
async function ledTo(path: string, links = mostLinks): Promise<string> {
  const next = await readlink(path).catch(() => undefined);
  return next === undefined || links === 0 ? path : ledTo(resolve(dirname(path), next), links - 1);
}

/** @returns undefined for an index */
async function faultOf(path: string): Promise<TandemError | undefined> {
  try {
    await readManifest(path);
    return undefined;
  } catch (error) {
    const fault = asTandemError(error);
    // a folder of something else that has a manifest too is no index either
    return fault.code === 'index/manifest-damaged' && !(await hasDocuments(path))
      ? new TandemError('index/not-found', `${path}: no index here`, { folder: path }, { cause: error })
      : fault;
  }
}

const hasDocuments = (path: string): Promise<boolean> =>
  readdir(path).then(
    names => names.includes('documents'),
    () => false,
  );
