import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TandemError } from '../../errors/tandem-error.js';
import { exactInteger } from '../../text/exact-number.js';

/** Puts rows that a program gives into files for as long as they are read: data is prepared from files alone, some of them read twice. */
export async function withRowFiles<T>(use: (write: WriteRows) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-rows-'));
  try {
    return await use(async (name, lines) => {
      const path = join(folder, name);
      await pipeline(Readable.from(lines), createWriteStream(path));
      return path;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes lines into a file. @returns its path */
export type WriteRows = (name: string, lines: Iterable<string>) => Promise<string>;

/** A JSON object to a line. @throws TandemError 'data/malformed-row' for what JSON would change in silence */
export function* jsonLines(what: string, rows: Iterable<object>): Generator<string> {
  let place = 0;
  for (const row of rows) {
    place++;
    const line = JSON.stringify(row, (key, value: unknown) => {
      if (typeof value === 'bigint') return exactInteger(value);
      if (typeof value !== 'number' || Number.isFinite(value)) return value;
      const message = `${what} ${place}: ${key}: ${value} is no number that JSON can hold`;
      throw new TandemError('data/malformed-row', message, { place });
    });
    yield `${line}\n`;
  }
}
