import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { TandemError } from '../src/errors/tandem-error.js';
import { asWriteError } from '../src/files/atomic.js';
import type { TrainingLogRow } from './report/training-sections.js';

/** The log of a run, one JSON object a line; it is there to be followed while training goes on. */
export interface TrainingLog {
  readonly rows: readonly TrainingLogRow[];
  /** Writes a row and flushes it, so that a checkpoint never names bytes that are not there. @throws TandemError 'files/*' */
  add(row: TrainingLogRow): Promise<void>;
  /** size of the file */
  bytes(): number;
  close(): Promise<void>;
}

/**
 * Opens the log of a run.
 * @param keep  bytes that belong to the steps that a checkpoint has; what was written after them is taken again, and cut off here
 * @throws TandemError 'training/checkpoint-damaged' when these bytes are not there or not what was written, 'files/*'
 */
export async function openTrainingLog(path: string, keep: number): Promise<TrainingLog> {
  const rows = keep > 0 ? await readRows(path, keep) : [];
  const handle = await openAt(path, keep).catch((error: unknown) => {
    throw asWriteError(path, error);
  });
  let size = keep;
  return {
    rows,
    async add(row) {
      const line = Buffer.from(`${JSON.stringify(row)}\n`);
      try {
        for (let done = 0; done < line.length; ) {
          const { bytesWritten } = await handle.write(line, done, line.length - done, size + done);
          done += bytesWritten;
        }
        await handle.datasync();
      } catch (error) {
        throw asWriteError(path, error);
      }
      rows.push(row);
      size += line.length;
    },
    bytes: () => size,
    close: () => handle.close(),
  };
}

async function openAt(path: string, keep: number): Promise<FileHandle> {
  if (keep === 0) return open(path, 'w');
  await truncate(path, keep);
  return open(path, 'r+');
}

async function readRows(path: string, keep: number): Promise<TrainingLogRow[]> {
  try {
    const bytes = await readFile(path);
    if (bytes.length < keep) throw new RangeError(`has ${bytes.length} bytes, the checkpoint counts on ${keep}`);
    const lines = bytes.toString('utf8', 0, keep).trimEnd().split('\n');
    return lines.map(line => JSON.parse(line) as TrainingLogRow);
  } catch (error) {
    const reason = (error as Error).message;
    throw new TandemError('training/checkpoint-damaged', `${path}: ${reason}`, { path }, { cause: error });
  }
}

/** Steps and times of a whole run, over its interruptions. */
export function timesOf(rows: readonly TrainingLogRow[], batchSize: number) {
  const steps = rows.at(-1)?.step ?? 0;
  const seconds = rows.reduce((sum, { step, examplesPerSecond }, r) => {
    const taken = step - (rows[r - 1]?.step ?? 0);
    return sum + (taken * batchSize) / examplesPerSecond!;
  }, 0);
  return { steps, seconds, examplesPerSecond: (steps * batchSize) / seconds };
}
