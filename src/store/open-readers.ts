import { TandemError } from '../errors/tandem-error.js';
import type { FileIdentity } from './writing-claim.js';

/** Stores that this process has open for reading alone, and how often. LMDB cannot open one of them for writing as well. */
const readers = new Map<string, number>();

const nameOf = ({ device, inode }: FileIdentity): string => `${device}:${inode}`;

/** @returns takes the reader off the list, once */
export function noteReader(file: FileIdentity): () => void {
  const name = nameOf(file);
  readers.set(name, (readers.get(name) ?? 0) + 1);
  let noted = true;
  return () => {
    if (!noted) return;
    noted = false;
    const left = (readers.get(name) ?? 1) - 1;
    if (left === 0) readers.delete(name);
    else readers.set(name, left);
  };
}

/** @throws TandemError 'index/open-here' where this process reads the store */
export function refuseBesideReaders(folder: string, file: FileIdentity | undefined): void {
  if (file !== undefined && readers.has(nameOf(file)))
    throw new TandemError('index/open-here', `${folder}: this process has it open for reading`, { folder });
}
