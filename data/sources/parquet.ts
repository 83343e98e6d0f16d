import type { JS } from '@duckdb/node-api';
import { TandemError } from '../../src/errors/tandem-error.js';
import { streamTable } from './duckdb.js';
import type { SourcedRow } from './parse-row.js';
import type { RawRow } from './raw-row.js';

/**
 * Rows of a Parquet file, streamed by DuckDB. Null is an absent value; whole numbers become numbers where these are exact and text
 * where they are not; dates and times become ISO 8601 text; lists and structures become arrays and objects.
 * @throws TandemError 'data/malformed-row' with the row, from 1 | 'files/damaged'
 */
export async function* readParquet(path: string): AsyncGenerator<SourcedRow<RawRow>> {
  let line = 0;
  try {
    for await (const cells of streamTable(path, 'read_parquet($1)')) {
      line++;
      yield { line, row: plainObject(cells) };
    }
  } catch (error) {
    if (error instanceof TandemError) throw error;
    const reason = (error as Error).message.split('\n')[0];
    throw new TandemError('files/damaged', `${path}: ${reason}`, { path }, { cause: error });
  }
}

function plainValue(value: JS | Readonly<Record<string, JS>>): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  return plainObject(value);
}

function plainObject(value: Readonly<Record<string, JS>>): RawRow {
  const present = Object.entries(value).filter(([, cell]) => cell !== null);
  return Object.fromEntries(present.map(([name, cell]) => [name, plainValue(cell)]));
}
