import type * as DuckDB from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValueConverter, JS } from '@duckdb/node-api';
import { requirePackage } from '../../src/config/optional-packages.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { openPlainPath } from '../../src/files/plain-path.js';
import { exactNumber } from '../../src/text/exact-number.js';

/** DuckDB, loaded on first use. @throws TandemError 'package/unavailable' where it is not installed */
export const loadDuckDB = (): typeof DuckDB => requirePackage('@duckdb/node-api');

/** One row of a table as DuckDB gives it: null where a cell is empty; a decimal is a number, or text where no double holds it (exactNumber). */
export type TableRow = Readonly<Record<string, JS>>;

/**
 * Rows of `FROM table` in the order of the file, streamed.
 *
 * The table is counted before it is streamed: a stream of DuckDB (1.5) ends silently at a row that it cannot parse, while an
 * aggregate over whole rows reports it with its line. The count of streamed rows is compared with it at the end.
 * @param table    a table function over `$1`, the path
 * @param onNames  called with the names of the columns before the first row
 * @throws TandemError 'package/unavailable' without DuckDB, and whatever it throws for a file that it cannot read
 */
export async function* streamTable(
  path: string,
  table: string,
  onNames: (names: readonly string[]) => void,
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
    let streamed = 0;
    const result = await connection.stream(`SELECT * FROM ${table}`, [plain.path]);
    onNames(result.columnNames());
    for await (const rows of result.yieldConvertedRowObjects(exactConverter())) {
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

/** As DuckDB converts values, but for decimals, which it makes doubles, whatever they lose; those in lists and structures too. */
function exactConverter(): DuckDBValueConverter<JS> {
  const { DuckDBDecimalValue, JSDuckDBValueConverter } = loadDuckDB();
  return (value, type, converter) => {
    if (!(value instanceof DuckDBDecimalValue)) return JSDuckDBValueConverter(value, type, converter);
    const double = value.toDouble();
    return Math.abs(double) < Number.MAX_SAFE_INTEGER ? double : exactNumber(value.toString());
  };
}

async function countRows(connection: DuckDBConnection, path: string, table: string): Promise<number> {
  // count(t), not count(*): the whole row is then parsed, so that text which is not UTF-8 is found too
  const reader = await connection.runAndReadAll(`SELECT count(t)::DOUBLE AS n FROM ${table} AS t`, [path]);
  return Number(reader.getRowObjectsJS()[0].n);
}
