import { type QueryRow, queryRowSchema } from '../src/config/rows.js';
import { createQueryTable } from './sources/query-table.js';
import { type RowOptions, readRows } from './sources/source.js';

/**
 * All queries of a file, in its order; a row that repeats another one is passed over.
 * @throws TandemError 'data/duplicate-id' for two queries of one id, and what readRows throws
 */
export async function readQueries(path: string, options: RowOptions = {}): Promise<QueryRow[]> {
  const rows = createQueryTable(path);
  for await (const { line, row } of readRows(path, queryRowSchema, options)) rows.add(row, line);
  return rows.all();
}
