import type { QueryRow } from '../src/config/rows.js';
import { asSource, type QuerySource, type ReadRowsOptions, readQueryRows } from './read-pairs.js';
import { createQueryTable } from './sources/query-table.js';

/**
 * All queries of a file or several, in their order; a row that repeats another one is passed over.
 * @throws TandemError 'data/duplicate-id' for two queries of one id, and what readRows throws
 */
export async function readQueries(source: string | QuerySource, options: ReadRowsOptions = {}): Promise<QueryRow[]> {
  const queries = asSource(source);
  const rows = createQueryTable(queries.files[0]);
  for await (const { line, row } of readQueryRows(queries, options)) rows.add(row, line);
  return rows.all();
}
