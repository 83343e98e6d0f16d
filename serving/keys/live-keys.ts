import { stat } from 'node:fs/promises';
import { asTandemError, type TandemError } from '../../src/errors/tandem-error.js';
import { readKeyFile } from './key-file.js';
import { type KeyRing, keyRing } from './key-ring.js';

/** Keys that follow their file. */
export interface LiveKeys extends KeyRing {
  /** Reads the file now, whether or not it looks changed. */
  reread(): Promise<void>;
  close(): void;
}

export interface LiveKeysOptions {
  /** between two looks, milliseconds */
  readonly everyMs?: number;
  /** told how many keys there are from now on */
  readonly onChanged?: (keys: number) => void;
  /** told why a changed file could not be read; the keys from before stay */
  readonly onFailure?: (error: TandemError) => void;
}

const usualEveryMs = 1_000;

/**
 * Reads a file of keys, and reads it again when it changes. It is looked at, not listened to: that works on every file system and however it is replaced.
 * @throws TandemError 'data/not-found' | 'config/bad-value'
 */
export async function openLiveKeys(
  path: string,
  { everyMs = usualEveryMs, onChanged = () => undefined, onFailure = () => undefined }: LiveKeysOptions = {},
): Promise<LiveKeys> {
  let standing = await standingAt(path);
  let ring = keyRing(await readKeyFile(path));
  let reading: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    try {
      standing = await standingAt(path);
      const keys = await readKeyFile(path);
      ring = keyRing(keys);
      onChanged(keys.length);
    } catch (error) {
      onFailure(asTandemError(error));
    }
  }
  const reread = (): Promise<void> => {
    reading = reading.then(read);
    return reading;
  };
  const look = async (): Promise<void> => {
    if ((await standingAt(path)) !== standing) await reread();
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return { find: key => ring.find(key), reread, close: () => clearInterval(timer) };
}

/** Tells what a file is now from what it was; the same for all files that are not there. */
const standingAt = (path: string): Promise<string> =>
  stat(path).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => '',
  );
