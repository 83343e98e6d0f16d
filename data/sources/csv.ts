import { streamTable, type TableRow } from './duckdb.js';
import { asReadError, readLines } from './lines.js';
import { malformedRow, type SourcedRow } from './parse-row.js';
import type { RawRow } from './raw-row.js';

/**
 * Rows of a CSV file (RFC 4180, header in the first line; comma, semicolon or tab; also gzipped), streamed by DuckDB.
 * Cells are text; an empty cell is an absent value.
 * @throws TandemError 'data/malformed-row' with the row (the header is row 1) | 'data/not-found' | 'files/damaged'
 */
export async function* readCsv(path: string): AsyncGenerator<SourcedRow<RawRow>> {
  const header = await readHeader(path);
  if (header === undefined) return;
  let line = 1;
  try {
    for await (const cells of streamTable(path, csvTable(header))) {
      line++;
      yield { line, row: presentCells(cells) };
    }
  } catch (error) {
    throw asCsvError(path, error);
  }
}

interface Header {
  readonly delimiter: string;
  readonly columns: readonly string[];
}

/** The first line is parsed here because DuckDB's own detection skips over lines that do not fit. */
async function readHeader(path: string): Promise<Header | undefined> {
  for await (const { text } of readLines(path)) {
    const delimiter = [',', ';', '\t'].reduce((best, d) =>
      splitHeader(text, d).length > splitHeader(text, best).length ? d : best,
    );
    const columns = splitHeader(text, delimiter);
    const repeated = columns.find((name, i) => name === '' || columns.indexOf(name) !== i);
    if (repeated !== undefined) {
      throw malformedRow(path, 1, repeated === '' ? 'a column has no name' : `two columns are named '${repeated}'`);
    }
    return { delimiter, columns };
  }
  return undefined;
}

/** Column names; a quoted name may hold the delimiter and doubled quotes, but no line break. */
function splitHeader(text: string, delimiter: string): string[] {
  const cell = new RegExp(`(?:^|${delimiter})(?:"((?:[^"]|"")*)"|([^${delimiter}]*))`, 'g');
  return [...text.matchAll(cell)].map(m => (m[1] === undefined ? m[2] : m[1].replaceAll('""', '"')).trim());
}

function csvTable({ delimiter, columns }: Header): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const types = columns.map(name => `${quote(name)}: 'VARCHAR'`).join(', ');
  const dialect = `auto_detect = false, header = true, delim = ${quote(delimiter)}, quote = '"', escape = '"'`;
  return `read_csv($1, ${dialect}, max_line_size = 67108864, columns = {${types}})`;
}

const presentCells = (cells: TableRow): RawRow =>
  Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== null && cell !== ''));

function asCsvError(path: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  const found =
    /CSV Error on Line: (\d+)[^\n]*\n(?:Original Line: ([\s\S]*?)\n)?((?:Expected|Value|Invalid|Maximum)[^\n]*)/.exec(
      message,
    );
  if (found) return malformedRow(path, Number(found[1]), found[3]);
  return asReadError(path, error);
}
