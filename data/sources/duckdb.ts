import { type DuckDBConnection, DuckDBInstance, type JS } from '@duckdb/node-api';
import { TandemError } from '../../src/errors/tandem-error.js';

/** One row of a table as DuckDB gives it: null where a cell is empty. */
export type TableRow = Readonly<Record<string, JS>>;

/**
 * Rows of `FROM table` in the order of the file, streamed.
 *
 * The table is counted before it is streamed: a stream of DuckDB (1.5) ends silently at a row that it cannot parse, while an
 * aggregate over whole rows reports it with its line. The count of streamed rows is compared with it at the end.
 * @param table  a table function over `$1`, the path
 * @throws whatever DuckDB throws for a file that it cannot read
 */
export async function* streamTable(path: string, table: string): AsyncGenerator<TableRow, void, undefined> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    const expected = await countRows(connection, path, table);
    let streamed = 0;
    const result = await connection.stream(`SELECT * FROM ${table}`, [path]);
    for await (const rows of result.yieldRowObjectJs()) {
      streamed += rows.length;
      yield* rows;
    }
    if (streamed !== expected) {
      throw new TandemError('files/damaged', `${path}: ${streamed} of ${expected} rows could be read`, { path });
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function countRows(connection: DuckDBConnection, path: string, table: string): Promise<number> {
  // count(t), not count(*): the whole row is then parsed, so that text which is not UTF-8 is found too
  const reader = await connection.runAndReadAll(`SELECT count(t)::DOUBLE AS n FROM ${table} AS t`, [path]);
  return Number(reader.getRowObjectsJS()[0].n);
}
