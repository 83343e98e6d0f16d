import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import type { ColumnMapping, ColumnTypes } from '../../src/config/mapping.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { checkColumns, checkMapping, mapRow } from '../mapping.js';
import { asReadError } from './bytes.js';
import { readCsv } from './csv.js';
import { fitRow } from './fit-row.js';
import { readJsonl } from './jsonl.js';
import { readParquet } from './parquet.js';
import { parseRow, type RowSchema, type SourcedRow } from './parse-row.js';
import type { RawRow, TableOptions } from './raw-row.js';

export interface RowOptions extends TableOptions {
  /** field -> column that holds it, where they are called otherwise */
  readonly mapping?: ColumnMapping;
}

/**
 * Rows of a file in the order of the file, checked by the schema, streamed: those of `readTable`, their columns named as `mapping` says.
 * @throws TandemError as `readTable`, and 'data/malformed-row' | 'data/unknown-column'
 */
export async function* readRows<S extends RowSchema>(
  path: string,
  schema: S,
  { mapping = {}, types = {}, ...options }: RowOptions = {},
): AsyncGenerator<SourcedRow<z.output<S>>> {
  const columns: string[] = [];
  const fields = fieldTypes(schema, mapping);
  checkTypes(types, fields);
  const onColumn = (name: string): void => {
    columns.push(name);
    options.onColumn?.(name);
  };
  for await (const { line, row } of readTable(path, { ...options, types: { ...types, ...fields }, onColumn })) {
    yield { line, row: parseRow(path, line, fitRow(path, line, mapRow(row, mapping), schema), schema) };
  }
  checkMapping(path, mapping, columns);
  checkColumns(path, Object.keys(types), columns, 'is given a type');
}

/** Columns of the schema's fields are read as they are written: the schema says what becomes of the text. */
function fieldTypes(schema: RowSchema, mapping: ColumnMapping): ColumnTypes {
  const fields = Object.keys(schema.shape).map(field => (Object.hasOwn(mapping, field) ? mapping[field] : field));
  return Object.fromEntries(fields.map(column => [column, 'text']));
}

/** @throws TandemError 'usage/bad-value' for the type of a column whose field has one */
function checkTypes(types: ColumnTypes, fields: ColumnTypes): void {
  const known = Object.keys(types).find(column => Object.hasOwn(fields, column));
  if (known === undefined) return;
  const message = `type ${types[known]} of ${known}: it holds a field whose type is known; give types of other columns`;
  throw new TandemError('usage/bad-value', message, { column: known });
}

/**
 * Rows of a file as they stand there, in the order of the file, streamed; the format is told by the extension:
 * `.jsonl`, `.ndjson`, `.csv`, `.tsv` (each also with `.gz`) and `.parquet`.
 * @throws TandemError 'data/not-found' | 'data/unknown-format' | 'data/empty' | 'data/malformed-row' | 'files/damaged'
 */
export async function* readTable(path: string, options: TableOptions = {}): AsyncGenerator<SourcedRow<RawRow>> {
  const read = readerOf(path);
  await requireFile(path);
  const met = new Set<string>();
  let any = false;
  for await (const sourced of read(path, options)) {
    any = true;
    for (const name of Object.keys(sourced.row)) {
      if (met.has(name)) continue;
      met.add(name);
      options.onColumn?.(name);
    }
    yield sourced;
  }
  if (!any) throw new TandemError('data/empty', `${path}: has no rows`, { path });
}

type Reader = (path: string, options: TableOptions) => AsyncGenerator<SourcedRow<RawRow>>;

function readerOf(path: string): Reader {
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(path)) return readJsonl;
  if (/\.(csv|tsv)(\.gz)?$/i.test(path)) return readCsv;
  if (/\.parquet$/i.test(path)) return readParquet;
  throw new TandemError('data/unknown-format', `${path}: the extension names no known format`, { path });
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  if (!found.isFile()) throw new TandemError('data/not-found', `${path}: is not a file`, { path });
}
