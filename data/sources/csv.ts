import { pipeline, Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import type { ColumnTypes } from '../../src/config/mapping.js';
import { createColumnTyper } from './column-types.js';
import { type CsvDialect, csvOptions, detectDialect } from './csv-dialect.js';
import { longestLine } from './lines.js';
import { faultOf, malformedRow, type SourcedRow } from './parse-row.js';
import type { RawRow, RowFault, TableOptions } from './raw-row.js';
import { readText } from './text.js';
import { typeRow } from './type-row.js';
import { saysNothing } from './written-number.js';

/** UTF-16 units of the beginning by which the delimiter is found. */
const headLength = 1 << 18;

/**
 * Rows of a CSV file (RFC 4180, header in the first line), streamed. An empty cell is absent. The file is read twice: first for the types of its
 * columns, which all values decide (createColumnTyper).
 * @throws TandemError 'data/malformed-row' with the row (the header is row 1), and as `readText`
 */
export async function* readCsv(path: string, options: TableOptions): AsyncGenerator<SourcedRow<RawRow>> {
  const dialect = await findDialect(path);
  if (dialect === undefined) return;
  const { onColumn, onHeader, onNote, types: given = {}, asWritten = [], keepsCurrencies } = options;
  const known = { ...given, ...Object.fromEntries(asWritten.map(name => [name, 'text' as const])) };
  const typer = createColumnTyper(known, keepsCurrencies !== true);
  let header: readonly string[] | undefined;
  for await (const { columns, line, cells } of readCells(path, dialect, () => {}, onNote)) {
    if (header === undefined) {
      header = columns.filter(name => name !== '');
      for (const name of header) onColumn?.(name);
      onHeader?.(header);
      // the columns of pairs and events are all known, and hold no numbers as people write them: one pass is enough
      if (header.every(name => Object.hasOwn(known, name) && known[name] !== 'number')) break;
    }
    for (const [i, name] of columns.entries()) if (name !== '') typer.see(line, name, cells[i]);
  }
  for (const note of typer.notes()) onNote?.(note);
  const types = { ...typer.types(), ...given };
  const [styles, mixed] = [typer.styles(), typer.mixed()];

  const fault = faultOf(path, options);
  for await (const cells of readCells(path, dialect, fault)) {
    const row = typeRow(presentCells(cells, known), cells.line, types, fault, styles, mixed);
    if (row !== undefined) yield { line: cells.line, row };
  }
}

async function findDialect(path: string): Promise<CsvDialect | undefined> {
  let head = '';
  for await (const piece of readText(path)) {
    head += piece;
    if (head.length >= headLength) return detectDialect(head.slice(0, headLength), false);
  }
  return detectDialect(head, true);
}

interface CellRow {
  /** names of the header; '' for a column without one */
  readonly columns: readonly string[];
  readonly line: number;
  /** as many as columns */
  readonly cells: readonly string[];
}

/** Rows that hold a value; the header is row 1, and empty lines count as rows, as a spreadsheet shows them. */
async function* readCells(
  path: string,
  { delimiter, separatorLine }: CsvDialect,
  fault: (fault: RowFault) => void,
  onNote?: (note: string) => void,
): AsyncGenerator<CellRow> {
  const parser = parse({ ...csvOptions, delimiter, max_record_size: longestLine, info: true });
  // the iterator below throws what ends the pipeline
  pipeline(Readable.from(readText(path, onNote)), parser, () => {});
  let columns: string[] | undefined;
  let skip = separatorLine ? 1 : 0;
  try {
    for await (const record of parser) {
      const { info, record: cells }: { info: Info; record: string[] } = record;
      if (skip-- > 0) continue;
      const line = info.records + info.empty_lines;
      if (columns === undefined) {
        columns = headerOf(path, line, cells);
        continue;
      }
      if (cells.every(cell => cell === '')) continue;
      const fitted = fitWidth(columns, cells);
      if (fitted !== undefined) yield { columns, line, cells: fitted };
      else fault({ line, kind: 'width', text: `has ${cells.length} cells where the header has ${columns.length}` });
    }
  } catch (error) {
    throw asCsvError(path, error);
  }
}

function headerOf(path: string, line: number, cells: readonly string[]): string[] {
  const columns = cells.map(cell => cell.trim());
  const repeated = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i);
  if (repeated !== undefined) throw malformedRow(path, line, `two columns are named '${repeated}'`);
  return columns;
}

/**
 * Empty cells behind the last column are passed over; any other difference shifts values into columns that are not theirs.
 * @returns undefined for such a row
 */
function fitWidth(columns: readonly string[], cells: readonly string[]): readonly string[] | undefined {
  if (cells.length === columns.length) return cells;
  if (cells.length < columns.length || cells.slice(columns.length).some(cell => cell !== '')) return undefined;
  return cells.slice(0, columns.length);
}

/** A column may be named __proto__, which an assignment would take for something else. */
const presentCells = ({ columns, cells }: CellRow, known: ColumnTypes): RawRow =>
  Object.fromEntries(
    columns.flatMap((name, i) => {
      const cell = cells[i];
      // a title may say so, and whoever gives a column as text wants it as it is
      const isNone = cell === '' || (!Object.hasOwn(known, name) && saysNothing(cell.trim()));
      return name === '' || isNone ? [] : [[name, cell]];
    }),
  );

function asCsvError(path: string, error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = Number(error.records) + Number(error.empty_lines) + 1;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return malformedRow(path, line, 'a quote opens that is never closed');
  if (error.code === 'CSV_MAX_RECORD_SIZE') return malformedRow(path, line, `longer than ${longestLine} characters`);
  return malformedRow(path, line, error.message);
}
