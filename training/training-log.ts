import { open } from 'node:fs/promises';
import type { TrainingLogRow } from '../src/evaluation/report/training-sections.js';

/** The log of a run, one JSON object a line; it is there to be followed while training goes on. */
export interface TrainingLog {
  readonly rows: readonly TrainingLogRow[];
  add(row: TrainingLogRow): Promise<void>;
  /** size of the file */
  bytes(): number;
  close(): Promise<void>;
}

/**
 * Opens the log of a run.
 * @param keep  bytes that belong to the steps that a checkpoint has; what was written after them is taken again, and cut off here
 */
export async function openTrainingLog(path: string, keep: number): Promise<TrainingLog> {
  const handle = await open(path, keep > 0 ? 'r+' : 'w+');
  await handle.truncate(keep);
  const text = (await handle.readFile('utf8')).trimEnd();
  const rows: TrainingLogRow[] = text === '' ? [] : text.split('\n').map(line => JSON.parse(line) as TrainingLogRow);
  let size = keep;
  return {
    rows,
    async add(row) {
      rows.push(row);
      const line = Buffer.from(`${JSON.stringify(row)}\n`);
      await handle.write(line, 0, line.length, size);
      size += line.length;
    },
    bytes: () => size,
    close: () => handle.close(),
  };
}
