import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rowField } from '../../../serving/events/event-stream.js';
import { connectRedis, type Redis } from '../../../serving/redis/connect.js';
import { shownRedisUrl } from '../../config/redis.js';
import { TandemError } from '../../errors/tandem-error.js';
import { asFileError, writeWhole } from '../../files/atomic.js';
import { claimPath } from '../../files/path-claim.js';
import type { Watch } from '../watch.js';

export interface ExportEventsOptions {
  /** address of the Redis */
  readonly redis: string;
  /** key of the stream */
  readonly stream: string;
  /** folder of the files; of this stream alone */
  readonly folder: string;
  /** bytes after which the next file begins; 64 MiB when absent */
  readonly fileBytes?: number;
}

export interface ExportedEvents {
  /** events that were written this time */
  readonly events: number;
  /** that were made this time */
  readonly files: readonly string[];
  /** id of the last entry that is in the files; absent where there is none yet */
  readonly last?: string;
}

interface Exported {
  readonly lines: string[];
  bytes: number;
}

const usualFileBytes = 64 * 2 ** 20;
/** Entries that are asked for together. */
const pageEntries = 1_000;
/** An id sorts before all that a Redis gives. */
const beforeAll = '0-0';

const fileOf = (id: string): string => `stream-${id}.jsonl`;
const ours = /^stream-(\d+-\d+)\.jsonl(\..+\.tmp)?$/;

/** Whether an id, milliseconds and a number in them, comes after another. */
function isAfter(id: string, other: string): boolean {
  const [[ms, number], [otherMs, otherNumber]] = [id, other].map(each => each.split('-').map(BigInt));
  return ms === otherMs ? number > otherNumber : ms > otherMs;
}

/**
 * Writes what a stream of events has and the folder has not, as files of JSON Lines. A file is named after the last entry in it, and has its name when it is whole and on disk: so the folder says where to go on,
 * and each entry is in one file, whenever this is ended.
 * @throws TandemError 'redis/*' | 'data/not-found' | 'data/bad-stream' | 'files/*' | 'package/unavailable'
 */
export async function exportEvents(
  { redis, stream, folder, fileBytes = usualFileBytes }: ExportEventsOptions,
  { signal, warn }: Pick<Watch, 'signal' | 'warn'>,
): Promise<ExportedEvents> {
  const { client, close } = await connectRedis(redis, { tries: 1 });
  const ask = async <T>(question: Promise<T>): Promise<T> =>
    question.catch((error: Error) => {
      const code = error.name === 'ReplyError' ? 'redis/refused' : 'redis/unreachable';
      throw new TandemError(code, `${shownRedisUrl(redis)}: ${error.message}`, { stream }, { cause: error });
    });
  const claim = await claimOf(folder).catch((error: unknown) => {
    close();
    throw error;
  });
  try {
    let last = await lastIn(folder);
    await checkStream(await ask(newestOf(client, stream)), stream, last);
    const files: string[] = [];
    let events = 0;
    let file: Exported = { lines: [], bytes: 0 };
    const end = async (): Promise<void> => {
      if (file.lines.length === 0) return;
      const path = join(folder, fileOf(last));
      await writeWhole(path, file.lines.join(''));
      files.push(path);
      events += file.lines.length;
      file = { lines: [], bytes: 0 };
    };
    for (;;) {
      signal.throwIfAborted();
      // from the last one itself: where it is still there, nothing behind it was cut off
      const page = await ask(client.xrange(stream, last, '+', 'COUNT', pageEntries + 1));
      const follows = last === beforeAll || page[0]?.[0] === last;
      if (!follows) warn(`events after ${last} may be missing: the stream was cut there before they were exported`);
      const entries = page.filter(([id]) => id !== last);
      for (const [id, fields] of entries) {
        const row = fields[fields.indexOf(rowField) + 1];
        if (fields[0] !== rowField || row === undefined)
          throw new TandemError('data/bad-stream', `${stream}: entry ${id} is no event`, { stream, id });
        file.lines.push(`${row}\n`);
        file.bytes += Buffer.byteLength(row) + 1;
        last = id;
        if (file.bytes >= fileBytes) await end();
      }
      if (entries.length === 0) break;
    }
    await end();
    return { events, files, ...(last !== beforeAll && { last }) };
  } finally {
    await claim.release();
    close();
  }
}

/** @throws TandemError 'files/claimed' where another process exports into it */
async function claimOf(folder: string) {
  try {
    await mkdir(folder, { recursive: true });
    return await claimPath(join(folder, 'stream'));
  } catch (error) {
    throw asFileError(folder, error);
  }
}

/** The id that the newest file of a folder ends with; what a kill left half-written is taken away. */
async function lastIn(folder: string): Promise<string> {
  let last = beforeAll;
  for (const name of await readdir(folder)) {
    const [, id, unfinished] = ours.exec(name) ?? [];
    if (unfinished !== undefined) await rm(join(folder, name), { force: true });
    else if (id !== undefined && isAfter(id, last)) last = id;
  }
  return last;
}

/** @returns the last id that the stream has given; undefined where there is no such stream */
async function newestOf(client: Redis, stream: string): Promise<string | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  const state = (await client.xinfo('STREAM', stream)) as readonly unknown[];
  return String(state[state.indexOf('last-generated-id') + 1]);
}

/** A stream that begins again has ids before those that were exported: its events would be left out in silence. */
function checkStream(newest: string | undefined, stream: string, last: string): void {
  if (newest === undefined) throw new TandemError('data/not-found', `${stream}: there is no such stream`, { stream });
  if (isAfter(last, newest))
    throw new TandemError('data/bad-stream', `${stream}: it ends at ${newest}, and the folder at ${last}`, { stream });
}
