import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import type { ColumnMapping, ColumnTypes } from '../../src/config/mapping.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { adviseMapping, checkColumns, checkMapping, mapRow } from '../mapping.js';
import { type BadRow, gatherBadRows } from './bad-rows.js';
import { asReadError } from './bytes.js';
import { readCsv } from './csv.js';
import { createFitRow } from './fit-row.js';
import { detectFormat, namesFormat, type TableFormat } from './format.js';
import { readJsonLines, readJsonValues } from './json.js';
import { readParquet } from './parquet.js';
import type { RowSchema, SourcedRow } from './parse-row.js';
import type { RawRow, RowFault, TableOptions } from './raw-row.js';
import { createRowFaults, faultsOf } from './row-faults.js';
import { readXml } from './xml.js';

export interface RowOptions extends Pick<TableOptions, 'types' | 'onColumn' | 'onNote'> {
  /** field -> column that holds it, where they are called otherwise */
  readonly mapping?: ColumnMapping;
  /** what becomes of a row whose columns are named, before the schema sees it; @param fault told what is wrong with it */
  readonly adapt?: (row: RawRow, line: number, fault: (fault: RowFault) => void) => RawRow;
  /** Told of each row that cannot be used, before the next one is given; the others are given then. Without it one such row is an error. */
  readonly onBadRow?: (bad: BadRow) => void;
  /** with `onBadRow`, the share of the rows of a file that may be passed over, in [0, 1]; 1 when absent, but for a file without any other */
  readonly mostBad?: number;
}

/**
 * Rows of a file in the order of the file, checked by the schema, streamed: those of `readTable`, their columns named as `mapping` says.
 * Behind a row that cannot be used none is given any more, but the others are looked at, so that one error tells all kinds of faults; with
 * `onBadRow` it is passed over, and only a file of which no row can be used, or too few, is an error.
 * @throws TandemError as `readTable`, 'usage/bad-value' for the type of a field's column, and 'data/malformed-row' | 'data/unknown-column'
 */
export async function* readRows<S extends RowSchema>(
  path: string,
  schema: S,
  { mapping = {}, types = {}, adapt = row => row, onColumn, onNote, onBadRow, mostBad = 1 }: RowOptions = {},
): AsyncGenerator<SourcedRow<z.output<S>>> {
  const fields = Object.keys(schema.shape);
  const asWritten = fields.map(field => (Object.hasOwn(mapping, field) ? mapping[field] : field));
  checkTypes(types, asWritten);
  const columns: string[] = [];
  const meet = (name: string): void => {
    columns.push(name);
    onColumn?.(name);
  };
  const checkNames = (names: readonly string[]): void => {
    checkMapping(path, mapping, names);
    checkColumns(path, Object.keys(types), names, 'is given a type');
  };
  const faults = createRowFaults(path);
  const badRows = gatherBadRows(path, onBadRow);
  const addFault = (fault: RowFault): void => {
    faults.add(fault);
    badRows.add(fault);
  };
  const fit = createFitRow(schema, addFault);
  let rows = 0;
  let used = 0;
  let unread: number | undefined;
  const onFault = (fault: RowFault): void => {
    // a row that is passed over counts too, once
    if (fault.line !== unread) rows++;
    unread = fault.line;
    addFault(fault);
  };
  const note = (text: string): void => onNote?.(`${path}: ${text}`);
  const told = { onColumn: meet, onHeader: checkNames, onNote: note, onFault };
  const table = readTable(path, { types, asWritten, ...told });
  for await (const { line, row } of table) {
    rows++;
    badRows.tellBefore(line);
    const fitted = fit.row(line, adapt(mapRow(row, mapping), line, addFault));
    const parsed = schema.safeParse(fitted);
    if (!parsed.success) for (const fault of faultsOf(line, fitted, parsed.error)) addFault(fault);
    else if (onBadRow === undefined ? !faults.found : !badRows.holds(line)) {
      used++;
      yield { line, row: parsed.data };
    }
    badRows.tell(line, row);
    if (onBadRow === undefined && faults.enough(rows)) break;
  }
  badRows.tellBefore(Number.POSITIVE_INFINITY);
  checkNames(columns);
  const advise = (field: string): string | undefined =>
    columns.includes(field) || Object.hasOwn(mapping, field) ? undefined : adviseMapping(field, columns);
  const passedOver = onBadRow === undefined || used === 0 ? 0 : mostBad * rows;
  if (faults.found && rows - used > passedOver) throw faults.error(rows, columns, advise);
  fit.notes().forEach(note);
}

/** @throws TandemError 'usage/bad-value' for the type of a column whose field has one */
function checkTypes(types: ColumnTypes, fields: readonly string[]): void {
  const known = Object.keys(types).find(column => fields.includes(column));
  if (known === undefined) return;
  const message = `type ${types[known]} of ${known}: it holds a field whose type is known; give types of other columns`;
  throw new TandemError('usage/bad-value', message, { column: known });
}

/**
 * Rows of a file as they stand there, in the order of the file, streamed: JSON Lines, a JSON array of objects, CSV (comma, semicolon, tab or
 * bar), XML and Parquet, each text also gzipped. The content tells the format, and the name where content leaves it open.
 * @throws TandemError 'data/not-found' | 'data/unknown-format' | 'data/empty' | 'data/malformed-row' | 'data/bad-encoding' | 'files/damaged'
 */
export async function* readTable(path: string, options: TableOptions = {}): AsyncGenerator<SourcedRow<RawRow>> {
  await requireFile(path);
  const format = await detectFormat(path);
  if (format !== undefined && !namesFormat(path, format)) options.onNote?.(`read as ${format}, by its content`);
  const met = new Set<string>();
  const meet = (name: string): void => {
    if (met.has(name)) return;
    met.add(name);
    options.onColumn?.(name);
  };
  let any = false;
  const onFault = options.onFault && markAny(options.onFault);
  function markAny(tell: NonNullable<TableOptions['onFault']>): typeof tell {
    return fault => {
      any = true;
      tell(fault);
    };
  }
  const table = format === undefined ? [] : readers[format](path, { ...options, onColumn: meet, onFault });
  for await (const sourced of table) {
    any = true;
    for (const name of Object.keys(sourced.row)) meet(name);
    yield sourced;
  }
  if (!any) throw new TandemError('data/empty', `${path}: has no rows`, { path });
}

type Reader = (path: string, options: TableOptions) => AsyncGenerator<SourcedRow<RawRow>>;

const readers: Readonly<Record<TableFormat, Reader>> = {
  'JSON Lines': readJsonLines,
  'JSON array': (path, options) => readJsonValues(path, 'array', options),
  JSON: (path, options) => readJsonValues(path, 'sequence', options),
  CSV: readCsv,
  XML: readXml,
  Parquet: readParquet,
};

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  if (!found.isFile()) throw new TandemError('data/not-found', `${path}: is not a file`, { path });
}
