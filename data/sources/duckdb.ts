import type * as DuckDB from '@duckdb/node-api';
import type { DuckDBConnection, JS } from '@duckdb/node-api';
import { requirePackage } from '../../src/config/optional-packages.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { openPlainPath } from '../../src/files/plain-path.js';

/** DuckDB, loaded on first use. @throws TandemError 'package/unavailable' where it is not installed */
export const loadDuckDB = (): typeof DuckDB => requirePackage('@duckdb/node-api');

/** One row of a table as DuckDB gives it: null where a cell is empty. */
export type TableRow = Readonly<Record<string, JS>>;

export interface TableColumn {
  readonly name: string;
  /** as DuckDB writes it: `DECIMAL(38,0)` */
  readonly type: string;
}

/**
 * Rows of `FROM table` in the order of the file, streamed.
 *
 * The table is counted before it is streamed: a stream of DuckDB (1.5) ends silently at a row that it cannot parse, while an
 * aggregate over whole rows reports it with its line. The count of streamed rows is compared with it at the end.
 * @param table   a table function over `$1`, the path
 * @param select  what is selected, by the columns: name and type of DuckDB
 * @throws TandemError 'package/unavailable' without DuckDB, and whatever it throws for a file that it cannot read
 */
export async function* streamTable(
  path: string,
  table: string,
  select: (columns: readonly TableColumn[]) => string,
): AsyncGenerator<TableRow, void, undefined> {
  const { DuckDBInstance } = loadDuckDB();
  const plain = await openPlainPath(path);

  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    const expected = await countRows(connection, plain.path, table);
    const selected = select(await columnsOf(connection, plain.path, table));
    let streamed = 0;
    const result = await connection.stream(`SELECT ${selected} FROM ${table}`, [plain.path]);
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
    await plain.release();
  }
}

async function columnsOf(connection: DuckDBConnection, path: string, table: string): Promise<TableColumn[]> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${table}`, [path]);
  return reader.getRowObjectsJS().map(({ column_name, column_type }) => ({
    name: String(column_name),
    type: String(column_type),
  }));
}

async function countRows(connection: DuckDBConnection, path: string, table: string): Promise<number> {
  // count(t), not count(*): the whole row is then parsed, so that text which is not UTF-8 is found too
  const reader = await connection.runAndReadAll(`SELECT count(t)::DOUBLE AS n FROM ${table} AS t`, [path]);
  return Number(reader.getRowObjectsJS()[0].n);
}
