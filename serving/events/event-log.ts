import { constants, type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import { asFileError, asWriteError, syncFolder } from '../../src/files/atomic.js';
import { claimPath } from '../../src/files/path-claim.js';

/** Where rows of events are kept. */
export interface EventSink {
  /**
   * Keeps rows, each a line of JSON. Resolves when they are on disk, or Redis has taken them.
   * @throws TandemError 'events/storage-full' | 'files/*' | 'redis/refused' | 'server/overloaded'; then none of them is kept | 'redis/unreachable'; then all or none
   */
  append(rows: readonly object[]): Promise<void>;
}

/** One that is open: a folder of files, or a stream. */
export interface EventLog extends EventSink {
  close(): Promise<void>;
}

export interface EventLogOptions {
  /** bytes of all files, beyond which none are taken */
  readonly diskBytes: number;
  /** bytes after which the next file begins; 64 MiB when absent */
  readonly fileBytes?: number;
}

const usualFileBytes = 64 * 2 ** 20;
const isOurs = (name: string): boolean => /^events-.*\.jsonl$/.test(name);

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The file that is written at present. */
interface Current {
  readonly path: string;
  readonly handle: FileHandle;
  bytes: number;
}

/**
 * Opens the folder for this process alone. What comes at one moment is written together and flushed once, before any of it is acknowledged. A file is never
 * written to again after a start: a line that a power cut left half-written is cut off then, so that each file can be read as it stands.
 * @throws TandemError 'files/claimed' where another process has it | 'files/*'
 */
export async function openEventLog(
  folder: string,
  { diskBytes, fileBytes = usualFileBytes }: EventLogOptions,
): Promise<EventLog> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asFileError(folder, error);
  });
  const claim = await claimPath(join(folder, 'events'));
  try {
    for (const name of (await readdir(folder)).filter(isOurs)) await cutHalfLine(join(folder, name));
  } catch (error) {
    await claim.release();
    throw asFileError(folder, error);
  }
  let current: Current | undefined;
  let made = 0;
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;

  /** of all files, those that somebody took away not counted */
  async function held(): Promise<number> {
    const names = (await readdir(folder)).filter(isOurs);
    const sizes = await Promise.all(
      names.map(name =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async function endCurrent(): Promise<void> {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  }

  /** The file to write to: the next one where there is none, it is full, or somebody took it away. */
  async function file(): Promise<Current> {
    if (current !== undefined) {
      const [here, there] = await Promise.all([current.handle.stat(), stat(current.path).catch(() => undefined)]);
      if (current.bytes >= fileBytes || here.ino !== there?.ino) await endCurrent();
    }
    if (current === undefined) {
      const time = new Date().toISOString().replace(/[-:.]/g, '');
      const path = join(folder, `events-${time}-${String(made++).padStart(4, '0')}.jsonl`);
      current = { path, handle: await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL), bytes: 0 };
    }
    return current;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const bytes = Buffer.concat(batch.map(each => each.bytes));
    if ((await held()) + bytes.length > diskBytes)
      throw new TandemError('events/storage-full', `the events take ${diskBytes} bytes already`);
    const to = await file();
    try {
      // a disk that fills up may take a part of it
      for (let done = 0; done < bytes.length; )
        done += (await to.handle.write(bytes, done, bytes.length - done, to.bytes + done)).bytesWritten;
      await to.handle.datasync();
      // a file of which the folder knows nothing is not there
      if (to.bytes === 0) await syncFolder(folder);
      to.bytes += bytes.length;
    } catch (error) {
      // what was not acknowledged is not there, also not in part
      await to.handle.truncate(to.bytes).catch(() => undefined);
      await endCurrent().catch(() => undefined);
      throw asWriteError(to.path, error);
    }
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await write(batch).then(
        () => batch.forEach(({ resolve }) => void resolve()),
        (error: unknown) => batch.forEach(({ reject }) => void reject(asFileError(folder, error))),
      );
    }
    working = undefined;
  }

  return {
    append: rows =>
      new Promise((resolve, reject) => {
        waiting.push({ bytes: Buffer.from(rows.map(row => `${JSON.stringify(row)}\n`).join('')), resolve, reject });
        working ??= work();
      }),
    close: async () => {
      await working;
      await endCurrent();
      await claim.release();
    },
  };
}

/** Bytes that are looked at together for the end of the last whole line. */
const lookedAt = 2 ** 20;

/** Cuts off what stands behind the last whole line of a file; one without any is taken away. */
async function cutHalfLine(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    let whole = size;
    // usually at once; where many events were being written there may be much behind it
    for (let end = -1; end < 0 && whole > 0; ) {
      const tail = Buffer.alloc(Math.min(whole, lookedAt));
      await handle.read(tail, 0, tail.length, whole - tail.length);
      end = tail.lastIndexOf('\n');
      whole += end < 0 ? -tail.length : end + 1 - tail.length;
    }
    if (whole < size) {
      await handle.truncate(whole);
      await handle.sync();
    }
    if (whole > 0) return;
  } finally {
    await handle.close();
  }
  await rm(path);
}
