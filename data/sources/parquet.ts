import type { JS } from '@duckdb/node-api';
import { TandemError } from '../../src/errors/tandem-error.js';
import { exactInteger } from '../../src/text/exact-number.js';
import { streamTable } from './duckdb.js';
import { faultOf, type SourcedRow } from './parse-row.js';
import type { RawRow, TableOptions } from './raw-row.js';
import { typeRow } from './type-row.js';

/**
 * Rows of a Parquet file, streamed by DuckDB. Rows of nulls are passed over. Null, and NaN, which pandas writes for it, are absent values; whole numbers, also decimals without a fraction, become numbers where
 * these are exact and text where they are not; dates and times become ISO 8601 text; lists and structures become arrays and objects.
 * @throws TandemError 'package/unavailable' without DuckDB | 'data/malformed-row' with the row, from 1 | 'files/damaged'
 */
export async function* readParquet(path: string, options: TableOptions): AsyncGenerator<SourcedRow<RawRow>> {
  const { types = {}, onColumn, onHeader } = options;
  const fault = faultOf(path, options);
  let line = 0;
  const onNames = (names: readonly string[]): void => {
    for (const name of names) onColumn?.(name);
    onHeader?.(names);
  };
  try {
    // the names of folders are no columns
    for await (const cells of streamTable(path, 'read_parquet($1, hive_partitioning = false)', onNames)) {
      line++;
      const present = plainObject(cells);
      if (Object.keys(present).length === 0) continue;
      const row = typeRow(present, line, types, fault);
      if (row !== undefined) yield { line, row };
    }
  } catch (error) {
    if (error instanceof TandemError) throw error;
    const reason = (error as Error).message.split('\n')[0].replace(/'[^']*\/tandem-[^']*'/, 'it');
    throw new TandemError('files/damaged', `${path}: ${reason}`, { path }, { cause: error });
  }
}

function plainValue(value: JS | Readonly<Record<string, JS>>): unknown {
  // JSON has no infinity
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return exactInteger(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.filter(isPresent).map(plainValue);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  return plainObject(value);
}

const isPresent = (value: unknown): boolean => value !== null && !Number.isNaN(value);

function plainObject(value: Readonly<Record<string, JS>>): RawRow {
  const present = Object.entries(value).filter(([, cell]) => isPresent(cell));
  return Object.fromEntries(present.map(([name, cell]) => [name, plainValue(cell)]));
}
