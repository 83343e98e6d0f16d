import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asWriteError } from '../../src/files/atomic.js';
import { KeyTable } from './key-table.js';
import { createVectorFile, encodeRecord, openVectorFile, type VectorFile } from './vector-file.js';

/** Vectors by the content of the picture, kept from run to run. */
export interface VectorCache {
  readonly width: number;
  readonly size: number;
  has(key: Uint8Array): boolean;
  /** float32 [W] */
  get(key: Uint8Array): Float32Array | undefined;
  /** @throws TandemError 'files/disk-full' | 'files/write-failed' */
  put(entries: readonly { readonly key: Uint8Array; readonly vector: Float32Array }[]): void;
  close(): void;
}

export interface VectorCacheOptions {
  readonly folder: string;
  /** id of the image encoder, hexadecimal */
  readonly encoder: string;
  /** W */
  readonly width: number;
  /** told of a file that was damaged: how many vectors of it were lost, and have to be made anew; of all where its head is damaged */
  readonly onDamage?: (path: string, lost: number | 'all') => void;
}

const suffix = '.vectors';

const newName = (): string => `${Date.now().toString(36)}-${process.pid}-${randomBytes(4).toString('hex')}${suffix}`;

/**
 * Opens the vectors of one encoder in a cache folder, and makes the folder where there is none. Every process writes to a file of its own,
 * so that several may use one folder; each sees what the others had written when it opened. Kept in memory are keys, not vectors.
 * A damaged file is replaced by one of its sound records.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export function openVectorCache(options: VectorCacheOptions): VectorCache {
  const { folder, encoder, width } = options;
  const vectorFolder = join(folder, encoder.slice(0, 32));
  const writing = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asWriteError(vectorFolder, error);
    }
  };
  const keys = new KeyTable();
  const files: VectorFile[] = [];
  writing(() => {
    mkdirSync(vectorFolder, { recursive: true });
    for (const name of readdirSync(vectorFolder).sort()) {
      if (!name.endsWith(suffix)) continue;
      const file = readFile(join(vectorFolder, name), options, (key, record) =>
        keys.set(key, { file: files.length, record }),
      );
      if (file !== undefined) files.push(file);
    }
  });
  let own: number | undefined;
  return {
    width,
    get size() {
      return keys.size;
    },
    has: key => keys.get(key) !== undefined,
    get(key) {
      const found = keys.get(key);
      return found && files[found.file].read(found.record, key);
    },
    put(entries) {
      if (entries.length === 0) return;
      writing(() => {
        own ??= files.push(createVectorFile(join(vectorFolder, newName()), encoder, width)) - 1;
        const first = files[own].append(entries.map(({ key, vector }) => encodeRecord(key, vector)));
        for (const [i, { key }] of entries.entries()) keys.set(key, { file: own, record: first + i });
      });
    },
    close() {
      for (const file of files) file.close();
    },
  };
}

/**
 * Opens a file and calls back for its records; one with damage inside is first replaced by its sound ones.
 * What a writer left half done at the end is no damage, nor is a file whose head is not yet written.
 */
function readFile(
  path: string,
  { encoder, width, onDamage }: VectorCacheOptions,
  visit: (key: Buffer, record: number) => void,
): VectorFile | undefined {
  const file = openVectorFile(path, encoder, width);
  const { head, damaged } = file.scan(visit);
  if (head === 'whole' && damaged === 0) return file;
  try {
    if (head === 'short') return undefined;
    onDamage?.(path, head === 'whole' ? damaged : 'all');
    const sound = replaceBySound(path, file, encoder, width);
    sound.scan(visit);
    return sound;
  } finally {
    file.close();
  }
}

function replaceBySound(path: string, file: VectorFile, encoder: string, width: number): VectorFile {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  const sound = createVectorFile(temporary, encoder, width);
  try {
    file.scan((_key, _record, content) => void sound.append([Buffer.from(content)]));
    renameSync(temporary, path);
    return sound;
  } catch (error) {
    sound.close();
    rmSync(temporary, { force: true });
    throw error;
  }
}
