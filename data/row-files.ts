import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { asWriteError } from '../src/files/atomic.js';

/** Characters that are gathered before they are written. */
const batch = 1 << 20;

export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes rows as JSON Lines, as they come; never more than a batch of them is held. Made for a folder that is still under its temporary
 * name: the file is flushed, not renamed.
 * @throws TandemError 'files/disk-full' | 'files/write-failed', and whatever the rows throw
 */
export async function writeRows(path: string, rows: Iterable<object> | AsyncIterable<object>): Promise<WrittenFile> {
  const handle = await open(path, 'wx').catch((error: unknown) => {
    throw asWriteError(path, error);
  });
  const hash = createHash('sha256');
  let held = '';
  let count = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const chunk = Buffer.from(held);
    held = '';
    bytes += chunk.length;
    hash.update(chunk);
    await handle.writeFile(chunk).catch((error: unknown) => {
      throw asWriteError(path, error);
    });
  };
  try {
    for await (const row of rows) {
      held += `${JSON.stringify(row)}\n`;
      count++;
      if (held.length >= batch) await flush();
    }
    await flush();
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { rows: count, bytes, sha256: hash.digest('hex') };
}
